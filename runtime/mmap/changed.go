package mmap

import (
	"fmt"
	"os"
	"time"
)

// Change is what happened to a mapped file.
type Change int

const (
	Modified Change = iota + 1 // the mapped bytes may be others now, or gone
	Replaced                   // the path leads to another file; the mapped bytes are the old ones, whole
	Removed                    // the path leads nowhere; the mapped bytes are the old ones, whole
)

// ChangedError is a file that is no longer the one that was opened.
type ChangedError struct {
	Path   string
	Change Change
	Detail string // "its size was 1024 bytes and is 512"
}

// InPlace reports whether the mapped bytes themselves can no longer be trusted.
func (e *ChangedError) InPlace() bool { return e.Change == Modified }

func (e *ChangedError) Error() string {
	switch e.Change {
	case Replaced:
		return fmt.Sprintf("%s was replaced by another file", e.Path)
	case Removed:
		return fmt.Sprintf("%s was removed", e.Path)
	}
	return fmt.Sprintf("%s was changed while in use: %s", e.Path, e.Detail)
}

// identity is what tells one state of a file from another.
type identity struct {
	device, inode uint64
	links         uint64
	size          int64
	modified      time.Time // of the content
	changed       time.Time // of the content, the mode or the links; cannot be set at will
}

func (i identity) sameFile(o identity) bool { return i.device == o.device && i.inode == o.inode }

// Changed compares the file with what it was when it was opened: nil where
// nothing happened, else a *ChangedError, or an error of the system. It costs two
// system calls.
func (f *File) Changed() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	now, was := identify(info), f.opened
	changed := &ChangedError{Path: f.path, Change: Modified}
	switch {
	case now.size != was.size:
		changed.Detail = fmt.Sprintf("its size was %d bytes and is %d", was.size, now.size)
		return changed
	case !now.modified.Equal(was.modified):
		changed.Detail = fmt.Sprintf("it was written to at %s", now.modified.Format(time.RFC3339))
		return changed
	}
	there, err := os.Stat(f.path)
	switch {
	case os.IsNotExist(err):
		changed.Change = Removed
		return changed
	case err == nil && !identify(there).sameFile(was):
		changed.Change = Replaced
		return changed
	}
	// A write that put the modification time back shows here. So does a new mode
	// or owner, which cannot be told from it; a new hard link can.
	if now.links == was.links && !now.changed.Equal(was.changed) {
		changed.Detail = fmt.Sprintf("its inode changed at %s", now.changed.Format(time.RFC3339))
		return changed
	}
	return nil
}
