package board_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"llamad/board"
)

func TestReadSpeed(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int{0, 1, 4096, 4 << 20, 9<<20 + 17} {
		name := filepath.Join(dir, "file")
		if err := os.WriteFile(name, bytes.Repeat([]byte{7}, size), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := board.ReadSpeed(t.Context(), name)
		if errors.Is(err, board.ErrCached) {
			continue // the temporary directory is in memory
		}
		if err != nil || r.Size != int64(size) || (size > 0) != (r.PerSecond > 0) {
			t.Errorf("%d bytes: %+v, %v", size, r, err)
		}
	}
	if _, err := board.ReadSpeed(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := board.ReadSpeed(t.Context(), dir); err == nil {
		t.Error("a directory was read")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := board.ReadSpeed(ended, filepath.Join(dir, "file")); !errors.Is(err, context.Canceled) && !errors.Is(err, board.ErrCached) {
		t.Errorf("nobody waits any more: %v", err)
	}
}

func TestFree(t *testing.T) {
	if n, err := board.Free(t.TempDir()); err != nil || n <= 0 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := board.Free("/nowhere/at/all"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}
