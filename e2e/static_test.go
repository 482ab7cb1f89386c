package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// One file to copy to a Pi, which needs nothing beside it.
func TestArm64BinaryIsStatic(t *testing.T) {
	out, err := exec.Command("file", "-b", build("llamad-arm64")).CombinedOutput()
	if err != nil {
		t.Fatalf("file: %v %s", err, out)
	}
	for _, want := range []string{"ARM aarch64", "statically linked"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("file says %q, want %q in it", out, want)
		}
	}
	const limit = 20 << 20
	if info, err := os.Stat(build("llamad-arm64")); err != nil || info.Size() > limit {
		t.Errorf("the binary has %d bytes, want at most %d (%v)", info.Size(), limit, err)
	}
}
