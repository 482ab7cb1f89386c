package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"one", "one", "", "  ", "two\x1b[2J", "one"} {
		h.Add(line)
	}
	for i := range maxHistory {
		h.Add(fmt.Sprint(i))
	}
	if h.Len() != maxHistory || h.At(0) != fmt.Sprint(maxHistory-1) || h.At(maxHistory-1) != "0" {
		t.Errorf("%d lines, from %q to %q", h.Len(), h.At(maxHistory-1), h.At(0))
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), "one\ntwo?[2J\none\n0\n") {
		t.Errorf("the file begins with %.30q, %v", text, err)
	}
	if h, err = openHistory(path); err != nil || h.At(0) != fmt.Sprint(maxHistory-1) || h.close() != nil {
		t.Errorf("opened again: %v", err)
	}

	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := openHistory(path); err == nil || err.Error() != "--history: others may read "+path {
		t.Errorf("a file that others may read: %v", err)
	}
}
