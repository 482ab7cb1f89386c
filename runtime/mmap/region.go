package mmap

import (
	"fmt"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Region is zeroed memory outside the Go heap: the garbage collector neither
// scans nor frees it, and GOMEMLIMIT does not count it. It begins on a page.
type Region struct{ data []byte }

// inUse counts the bytes of all regions.
var inUse atomic.Int64

// InUse is how many bytes all regions hold now, whole pages.
func InUse() int64 { return inUse.Load() }

// Anonymous takes n bytes, 0 or more, from the system.
func Anonymous(n int) (*Region, error) {
	if n < 0 {
		return nil, fmt.Errorf("mmap: %d bytes asked for, expected 0 or more", n)
	}
	if n == 0 {
		return &Region{}, nil // the system refuses a mapping of nothing
	}
	data, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	inUse.Add(wholePages(n))
	return &Region{data: data}, nil
}

func wholePages(n int) int64 {
	page := int64(os.Getpagesize())
	return (int64(n) + page - 1) / page * page
}

// Bytes is the memory, valid until Free.
func (r *Region) Bytes() []byte { return r.data }

// Free gives the memory back. Nothing may hold its bytes any more. Freeing twice
// is harmless.
func (r *Region) Free() error {
	if r.data == nil {
		return nil
	}
	if err := unix.Munmap(r.data); err != nil {
		return os.NewSyscallError("munmap", err)
	}
	inUse.Add(-wholePages(len(r.data)))
	r.data = nil
	return nil
}
