package mmap

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var pageSize = os.Getpagesize()

// pages writes a file of n pages, page i filled with the byte i+1.
func pages(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.gguf")
	var b []byte
	for i := range n {
		b = append(b, bytes.Repeat([]byte{byte(i + 1)}, pageSize)...)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOpen(t *testing.T) {
	path := pages(t, 3)
	link := filepath.Join(t.TempDir(), "link.gguf")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile(path)
	for _, name := range []string{path, link} {
		f := open(t, name)
		if !bytes.Equal(f.Bytes(), want) || f.Size() != int64(len(want)) || f.Path() != name {
			t.Errorf("%s: %d bytes, path %s", name, f.Size(), f.Path())
		}
		if err := errors.Join(f.WillNeed(), f.Lock(), f.Changed(), f.Close(), f.Close()); err != nil {
			t.Error(err)
		}
	}

	empty := filepath.Join(t.TempDir(), "empty.gguf")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	f := open(t, empty)
	if err := errors.Join(f.WillNeed(), f.Lock(), f.Changed(), f.Close()); err != nil || f.Size() != 0 {
		t.Errorf("empty file: %d bytes, %v", f.Size(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "absent"): "no such file",
		t.TempDir():                          "is a directory, expected a regular file",
		fifo:                                 "is a pipe, expected a regular file",
		os.DevNull:                           "is a device, expected a regular file",
	} {
		f, err := Open(path)
		var e *fs.PathError
		if f != nil || !errors.As(err, &e) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
