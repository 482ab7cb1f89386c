package hub

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockLook is how often a lock that somebody holds is looked at: the system tells
// nobody who also wants to be interrupted.
const lockLook = 250 * time.Millisecond

// lock keeps others from the same file until unlock, as Hugging Face's programs do
// it. A process that is killed lets go.
func lock(ctx context.Context, path string, note func(string)) (unlock func(), err error) {
	for told := false; ; {
		f, err := try(path)
		if err != nil {
			return nil, diskError(err)
		}
		if f != nil {
			return func() { os.Remove(path); f.Close() }, nil
		}
		if !told {
			told = true
			note("somebody else is at the same file: waiting for them")
		}
		if err := sleep(ctx, lockLook); err != nil {
			return nil, err
		}
	}
}

// try takes the lock if nobody has it; without an error and a file, somebody has.
func try(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
	if err != nil {
		return nil, err
	}
	if err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err == nil {
		// Who had it removed the file, perhaps this one.
		ours, e := f.Stat()
		named, n := os.Stat(path)
		if e == nil && n == nil && os.SameFile(ours, named) {
			return f, nil
		}
		err = unix.EWOULDBLOCK
	}
	f.Close()
	if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EINTR) {
		return nil, nil
	}
	return nil, os.NewSyscallError("flock", err)
}
