package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// readBack gives the sha256 of what is on the disk. The memory's copy is dropped
// first: it would hide a card that does not keep what it is given.
func (c *client) readBack(ctx context.Context, p *partial, name string) (string, error) {
	if err := p.sync(); err != nil {
		return "", err
	}
	_ = unix.Fadvise(int(p.file.Fd()), 0, 0, unix.FADV_DONTNEED) // advice
	digest, err := c.digest(ctx, p.file, p.note.Size, name)
	return digest, diskError(err)
}

// digest gives the sha256 of the first size bytes of a file.
func (c *client) digest(ctx context.Context, f *os.File, size int64, name string) (string, error) {
	h := sha256.New()
	buffer := make([]byte, pieceSize)
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return "", ctx.Err()
		}
		n, err := f.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		h.Write(buffer[:n])
		at += int64(n)
		c.Progress(Progress{Checking, name, at, size})
		if err == io.EOF && at < size {
			return "", io.ErrUnexpectedEOF
		} else if err != nil && err != io.EOF {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
