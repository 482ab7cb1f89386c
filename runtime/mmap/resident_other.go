//go:build !linux

package mmap

import "errors"

// Resident is how many bytes of the file are in memory now; unknown here.
func (f *File) Resident() (int64, error) {
	return 0, errors.ErrUnsupported
}
