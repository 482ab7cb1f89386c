//go:build !linux

package mmap

import (
	"io/fs"
	"syscall"
)

// identify does without the time of change, whose name differs from system to
// system: llamad serves on Linux.
func identify(info fs.FileInfo) identity {
	s := info.Sys().(*syscall.Stat_t)
	return identity{
		device: uint64(s.Dev), inode: s.Ino, links: uint64(s.Nlink),
		size: s.Size, modified: info.ModTime(),
	}
}
