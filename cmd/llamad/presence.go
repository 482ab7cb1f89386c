package main

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// presence remembers when we were last connected to the broker, over our end and
// a loss of power. It is the time of an empty file, so that keeping it wears an
// SD card little.
type presence struct {
	path   string
	noted  time.Time
	failed bool
}

// presenceEvery is how often the file is touched, and so how much longer than it
// was an absence may look.
const presenceEvery = time.Minute

// last is when we were last connected, zero where nobody knows.
func (p *presence) last() time.Time {
	info, err := os.Stat(p.path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// note says that we are connected now. Of a state directory that cannot be
// written to it complains once.
func (p *presence) note(now time.Time) error {
	if now.Sub(p.noted) < presenceEvery {
		return nil
	}
	p.noted = now
	err := os.Chtimes(p.path, now, now)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.WriteFile(p.path, nil, 0o644)
	}
	if err == nil || p.failed {
		return nil
	}
	p.failed = true
	return err
}
