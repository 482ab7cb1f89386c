package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// Error says what went wrong and what cures it.
type Error struct {
	Text string
	Cure string // "" where nobody here knows one
	Err  error  // what it came from, if anything

	usage bool // the words of the user make no sense
}

func (e *Error) Error() string {
	switch {
	case e.Err == nil:
		return e.Text
	case e.Text == "":
		return e.Err.Error()
	}
	return e.Text + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Hint is the cure, or that of what it came from.
func (e *Error) Hint() string {
	if e.Cure != "" {
		return e.Cure
	}
	return hintOf(e.Err)
}

// hintOf is the cure that err knows.
func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// IsUsage says whether err is about the words of the user, and not about the world.
func IsUsage(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.usage
}

// ErrOffline is matched by the error for what is not at hand while HF_HUB_OFFLINE
// is set.
var ErrOffline = errors.New("HF_HUB_OFFLINE is set")

// passing is a failure that may be over in a moment: the same is worth another try.
type passing struct {
	error
	after time.Duration // how long the server asked to be left alone
	once  bool          // at the start, where nothing is lost yet, it is not worth one
}

func (p *passing) Unwrap() error { return p.error }

func isPassing(err error) bool {
	var p *passing
	return errors.As(err, &p)
}

// StatusError is a refusal by a server.
type StatusError struct {
	Code int    // of HTTP
	Kind string // X-Error-Code, the hub's own word: "EntryNotFound"
	Host string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.Host, e.Code, statusText(e.Code))
}

// diskError gives the disk's refusals a cure.
func diskError(err error) error {
	var known *Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &Error{Err: err, Cure: "free some space and pull again: it goes on where it was. --to DIR or HF_HUB_CACHE lead to another disk"}
	case errors.Is(err, syscall.EFBIG):
		return &Error{Err: err, Cure: "the file system has no files this long (FAT: 4 GiB): --to DIR or HF_HUB_CACHE lead to another disk"}
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return &Error{Err: err, Cure: "nobody but its owner may write there: use sudo for the service's models, or --to DIR or HF_HUB_CACHE for another directory"}
	case errors.Is(err, syscall.EIO):
		return &Error{Err: err, Cure: "the disk fails: llamad doctor looks at it"}
	}
	return err
}
