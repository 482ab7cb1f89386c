//go:build vm

package vm

import (
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/shape"
)

// tinyLlama is the head of a file of TinyLlama's shape, and how large that file is.
// The rest of it may be a hole.
func tinyLlama(t *testing.T) (path string, size int64) {
	t.Helper()
	s, err := shape.Lookup("tinyllama-1.1b")
	if err != nil {
		t.Fatal(err)
	}
	format, err := s.Format("Q4_0")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "tinyllama.gguf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := head{f: f}
	if err := s.Write(&h, format); err != nil {
		t.Fatal(err)
	}
	return path, h.size
}

// head keeps the first MiB of what is written to it, and counts the rest.
type head struct {
	f    *os.File
	size int64
}

func (h *head) Write(p []byte) (int, error) {
	at := h.size
	h.size += int64(len(p))
	if at > 1<<20 {
		return len(p), nil
	}
	return h.f.Write(p)
}
