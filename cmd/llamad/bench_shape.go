package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"llamad/runtime/shape"
)

// shapeNames lists the shapes, four on a line.
func shapeNames() string {
	var lines []string
	for names := range slices.Chunk(shape.Names(), 4) {
		lines = append(lines, strings.Join(names, ", "))
	}
	return strings.Join(lines, ",\n")
}

// randomModel makes a model file that lies in memory alone, which the same code
// opens and maps as any other. Closing it gives the memory back.
func (a *app) randomModel(ctx context.Context, shapeName, formatName string, budget int64) (*os.File, error) {
	s, err := shape.Lookup(shapeName)
	if err != nil {
		return nil, usagef("--shape: %w", err)
	}
	if formatName == "" {
		formatName = "Q8_0"
	}
	format, err := s.Format(formatName)
	if err != nil {
		return nil, usagef("--format: %w", err)
	}
	size := s.Bytes(format)
	if budget > 0 && size > budget {
		return nil, withHint(fmt.Errorf("the weights of %s in %s take %s, more than the memory budget of %s", s.Name, format.Name, megabytes(size), megabytes(budget)),
			"choose a --format with fewer bits, or a smaller --shape")
	}
	fd, err := unix.MemfdCreate("llamad-bench", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), "random weights")
	writing := newProgress(a.stderr, "making random weights")
	err = s.Write(&watchedWriter{ctx: ctx, out: file, told: func(done int64) { writing.show(int(done>>10), int(size>>10)) }}, format)
	writing.clear()
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// watchedWriter tells how far it is and stops when ctx is done.
type watchedWriter struct {
	ctx  context.Context
	out  io.Writer
	done int64
	told func(done int64)
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.out.Write(b)
	w.done += int64(n)
	w.told(w.done)
	return n, err
}
