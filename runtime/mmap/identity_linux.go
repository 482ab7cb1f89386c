package mmap

import (
	"io/fs"
	"syscall"
	"time"
)

func identify(info fs.FileInfo) identity {
	s := info.Sys().(*syscall.Stat_t)
	return identity{
		device: s.Dev, inode: s.Ino, links: uint64(s.Nlink), // the widths differ between architectures
		size: s.Size, modified: info.ModTime(), changed: time.Unix(s.Ctim.Unix()),
	}
}
