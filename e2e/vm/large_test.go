//go:build vm

package vm

import (
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/shape"
)

// tinyLlama is a file of TinyLlama's shape, all of whose weights behind the first
// MiB are a hole.
func tinyLlama(t *testing.T) string {
	t.Helper()
	s, err := shape.Lookup("tinyllama-1.1b")
	if err != nil {
		t.Fatal(err)
	}
	format, err := s.Format("Q4_0")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tinyllama.gguf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.Write(&hollow{f: f}, format); err != nil {
		t.Fatal(err)
	}
	return path
}

// hollow writes the first MiB of what is written to it and only the length of the
// rest.
type hollow struct {
	f    *os.File
	size int64
}

func (h *hollow) Write(p []byte) (int, error) {
	at := h.size
	h.size += int64(len(p))
	if at > 1<<20 {
		return len(p), h.f.Truncate(h.size)
	}
	return h.f.Write(p)
}
