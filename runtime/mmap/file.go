package mmap

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// File is a regular file mapped read-only. Its descriptor is kept, so that the
// file can be watched also when its path leads elsewhere.
type File struct {
	path   string // absolute
	file   *os.File
	data   []byte
	opened identity
}

// Open maps a regular file. Symbolic links are followed: Hugging Face's cache is
// made of them.
func Open(path string) (*File, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// Without O_NONBLOCK, opening a FIFO would wait for a writer.
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	f := &File{path: absolute, file: file}
	if err := f.mapAll(path); err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) mapAll(path string) error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "mmap", Path: path, Err: fmt.Errorf("is %s, expected a regular file", kind(info.Mode()))}
	}
	f.opened = identify(info)
	size := info.Size()
	if size > math.MaxInt {
		return &fs.PathError{Op: "mmap", Path: path, Err: fmt.Errorf("has %d bytes, more than a program can address here", size)}
	}
	if size == 0 {
		return nil // the system refuses a mapping of nothing
	}
	f.data, err = unix.Mmap(int(f.file.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return &fs.PathError{Op: "mmap", Path: path, Err: err}
	}
	mapped.add(f)
	return nil
}

// kind names what is not a regular file.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// Bytes is the file's content, valid until Close. Reading it can fault: see Guard.
func (f *File) Bytes() []byte { return f.data }

// Size is the file's size when it was opened, in bytes.
func (f *File) Size() int64 { return int64(len(f.data)) }

// Path is the file's absolute path, as it was opened.
func (f *File) Path() string { return f.path }

// WillNeed asks the system to read the whole file into the page cache ahead of
// its use. It returns at once.
func (f *File) WillNeed() error {
	if len(f.data) == 0 {
		return nil
	}
	return os.NewSyscallError("madvise", unix.Madvise(f.data, unix.MADV_WILLNEED))
}

// Lock keeps the file in memory (mlock); it reads all of it. Where the limit for
// locked memory is too low, nothing is locked.
func (f *File) Lock() error {
	if len(f.data) == 0 {
		return nil
	}
	if err := unix.Mlock(f.data); err != nil {
		return fmt.Errorf("mlock of %d bytes: %w (raise LimitMEMLOCK= in the unit, or ulimit -l)", len(f.data), err)
	}
	return nil
}

// Close unmaps the file. Nothing may hold its bytes any more. Closing twice is
// harmless.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	mapped.remove(f)
	var err error
	if f.data != nil {
		err = os.NewSyscallError("munmap", unix.Munmap(f.data))
	}
	if closeErr := f.file.Close(); err == nil {
		err = closeErr
	}
	f.file, f.data = nil, nil
	return err
}
