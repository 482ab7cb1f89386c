package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIdentity(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first, err := loadIdentity(dir, "pi4")
	if err != nil || len(first.instance) != 16 || len(first.clientID) != len("llamad-0123456789ab") {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := loadIdentity(dir, "pi4"); err != nil || again != first {
		t.Errorf("at the second start %+v, %v", again, err)
	}
	if other, _ := loadIdentity(dir, "pi5"); other.clientID == first.clientID || other.instance != first.instance {
		t.Errorf("another node with our state: %+v", other)
	}
	os.WriteFile(filepath.Join(dir, instanceFile), []byte("garbage"), 0o644)
	if damaged, err := loadIdentity(dir, "pi4"); err == nil || len(damaged.instance) != 16 {
		t.Errorf("a damaged file: %+v, %v", damaged, err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files are left in the state directory", len(files))
	}
}
