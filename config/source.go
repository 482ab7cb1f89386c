package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A configuration is a page or two; this bounds what a wrong path can cost.
const maxSource = 64 << 10

// source is the file as it was read.
type source struct {
	name  string
	text  string
	world bool // every user of the machine may read it
}

// readSource reads a regular file of at most maxSource bytes.
func readSource(name string) (*source, error) {
	text, mode, err := readBounded(name, maxSource)
	if err != nil {
		return nil, err
	}
	return &source{name: name, text: string(text), world: mode.Perm()&0o004 != 0}, nil
}

func readBounded(name string, most int64) ([]byte, fs.FileMode, error) {
	// Looked at before it is opened: opening a FIFO would wait for a writer.
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, 0, err
	}
	if int64(len(text)) > most {
		return nil, 0, fmt.Errorf("longer than %v", Size(most))
	}
	return text, info.Mode(), nil
}

// unreadable is the problem with a file that could not be read.
func unreadable(name string, err error) Problem {
	p := Problem{File: name, Text: "cannot be read: " + cause(err).Error(), cause: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Text, p.Hint = "no such file", "check the path, or write one with: llamad config example"
	case errors.Is(err, fs.ErrPermission):
		p.Hint = "run as root, or as a user of the group that owns the file; for the service: chgrp llamad " + name
	}
	return p
}

// cause drops the operation and the path, which the problem names already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
