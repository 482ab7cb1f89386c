package main

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"llamad/runtime/llm"
)

// How long a file that did not open is left alone if it stays as it is.
const (
	tryAgain     = time.Minute     // memory may have become free
	tryDiskAgain = 5 * time.Second // the disk may be back, of which the file shows nothing
)

// modelFile says when the file of a model is worth an attempt. One that did not
// open is not tried over and over while somebody copies it.
type modelFile struct {
	rest  time.Duration // how long nobody has written to a file that is whole
	tried time.Time     // when the last attempt was made
	again time.Duration // how long after it the next one may be, all being as it was
	then  fileMark      // what the file was then, none if it opened
	seen  fileMark      // what it was at the last look
	since time.Time     // when it was last written to, or became what it was at the last look
	pause time.Duration // how long it is to be left alone now, 0 where nothing is known
}

// due says whether to open the file now. Where it is not and there is no error
// either, all is as it was at the last attempt.
func (f *modelFile) due(path string) (bool, error) {
	f.pause = 0
	mark := markOf(path)
	if mark == f.then && time.Since(f.tried) < f.again {
		return false, nil
	}
	if mark != f.seen {
		f.seen, f.since = mark, time.Now()
		if mark.modified.Before(f.since) {
			f.since = mark.modified
		}
	}
	if mark.path == f.then.path {
		if f.pause = max(f.rest-time.Since(f.since), 0); f.pause > 0 {
			return false, &copyingError{path}
		}
	}
	f.then, f.tried = mark, time.Now()
	return true, nil
}

// failed is why the attempt that was due came to nothing. Of a file that ends too
// early and was written to just now the rest may be on its way.
func (f *modelFile) failed(err error) error {
	f.again = tryAgain
	var fault *llm.FaultError
	if errors.As(err, &fault) || errors.Is(err, unix.EIO) {
		f.again = tryDiskAgain
	}
	if errors.Is(err, llm.ErrIncomplete) && time.Since(f.then.modified).Abs() < f.rest {
		return &copyingError{f.then.path}
	}
	return err
}

// opened says that the attempt came to something: should the model break, it is
// opened again at once.
func (f *modelFile) opened() { f.then = fileMark{} }

// copyingError is a model of which not all is there yet, as far as one can tell.
type copyingError struct{ path string }

func (e *copyingError) Error() string { return e.path + " is still being copied" }
func (e *copyingError) Hint() string  { return "it is opened when all of it is there" }

// fileMark tells one state of a file from another.
type fileMark struct {
	path     string
	size     int64
	modified time.Time
	missing  bool
	readable bool // by us; the time of the content knows nothing of modes and owners
}

func markOf(path string) fileMark {
	info, err := os.Stat(path)
	if err != nil {
		return fileMark{path: path, missing: errors.Is(err, fs.ErrNotExist)}
	}
	return fileMark{path: path, size: info.Size(), modified: info.ModTime(), readable: unix.Access(path, unix.R_OK) == nil}
}
