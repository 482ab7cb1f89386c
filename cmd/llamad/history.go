package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// history is the lines that were typed. Nothing of it leaves the memory unless there
// is a file, since what people ask is theirs.
//
// It is a term.History.
type history struct {
	lines []string // oldest first
	file  *os.File // nil if they are not kept
	err   error    // of writing to it
}

// maxHistory is how many lines are remembered.
const maxHistory = 1000

// openHistory reads the lines of a file and goes on in it; "" is no file.
func openHistory(path string) (*history, error) {
	if path == "" {
		return &history{}, nil
	}
	text, err := readFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("--history: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--history: %w", err)
	}
	if info, err := f.Stat(); err != nil || info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		f.Close()
		return nil, withHint(errors.Join(fmt.Errorf("--history: others may read %s", path), err), "chmod 600 "+path)
	}
	h := &history{}
	for line := range strings.Lines(text) {
		h.Add(strings.TrimRight(line, "\r\n"))
	}
	h.file = f
	return h, nil
}

// Add remembers a line that says something new.
func (h *history) Add(line string) {
	if line = printable(line); strings.TrimSpace(line) == "" || len(h.lines) > 0 && line == h.At(0) {
		return
	}
	if h.lines = append(h.lines, line); len(h.lines) > maxHistory {
		h.lines = slices.Delete(h.lines, 0, 1)
	}
	if h.file != nil && h.err == nil {
		_, h.err = h.file.WriteString(line + "\n")
	}
}

// Len is how many lines there are.
func (h *history) Len() int { return len(h.lines) }

// At is a line, 0 the newest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }

func (h *history) close() error {
	if h.file == nil {
		return nil
	}
	if err := errors.Join(h.err, h.file.Close()); err != nil {
		return fmt.Errorf("--history: %w", err)
	}
	return nil
}
