package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// cursor reads the part of the file before the tensor data, front to back.
type cursor struct {
	data []byte // the file, at most maxMetadata bytes of it
	off  int
	cut  bool // the file goes on where data ends
}

func (c *cursor) left() int { return len(c.data) - c.off }

// take returns the next n bytes as a view.
func (c *cursor) take(n int) ([]byte, *Error) {
	if n > c.left() {
		return nil, c.beyond(uint64(n))
	}
	b := c.data[c.off : c.off+n]
	c.off += n
	return b, nil
}

// beyond is the error of needing n bytes where fewer are left.
func (c *cursor) beyond(n uint64) *Error {
	if c.cut {
		return beyondLimit(int64(c.off), fmt.Sprintf("needs %d bytes", n),
			fmt.Sprintf("metadata of at most %d bytes in all", maxMetadata))
	}
	return truncated(int64(c.off), fmt.Sprintf("needs %d bytes", n),
		fmt.Sprintf("no more than the %d that are left", c.left()))
}

func (c *cursor) u32() (uint32, *Error) {
	b, err := c.take(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

func (c *cursor) u64() (uint64, *Error) {
	b, err := c.take(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// count reads how many things of at least size bytes follow, at most limit.
func (c *cursor) count(limit, size int) (int, *Error) {
	at := int64(c.off)
	n, err := c.u64()
	if err != nil {
		return 0, err
	}
	if n > uint64(limit) {
		return 0, beyondLimit(at, fmt.Sprintf("is %d", n), fmt.Sprintf("at most %d", limit))
	}
	if n > uint64(c.left()/size) {
		err := c.beyond(n * uint64(size)) // n <= limit, so this is no overflow
		err.Offset, err.Found = at, fmt.Sprintf("is %d, which takes at least %d bytes", n, n*uint64(size))
		return 0, err
	}
	return int(n), nil
}

// text reads a string of at most limit bytes as a view.
func (c *cursor) text(limit int) ([]byte, *Error) {
	at := int64(c.off)
	n, err := c.u64()
	if err != nil {
		return nil, err
	}
	if n > uint64(limit) {
		return nil, beyondLimit(at, fmt.Sprintf("is %d bytes long", n), fmt.Sprintf("at most %d", limit))
	}
	b, err := c.take(int(n))
	if err != nil {
		err.Offset, err.Found = at, fmt.Sprintf("is %d bytes long", n)
	}
	return b, err
}

// name reads a string that names something: not empty, UTF-8, no NUL.
func (c *cursor) name(limit int) (string, *Error) {
	at := int64(c.off)
	b, err := c.text(limit)
	if err != nil {
		return "", err
	}
	if len(b) == 0 {
		return "", malformed(at, "is empty", "a name")
	}
	if err := checkText(at, b); err != nil {
		return "", err
	}
	return string(b), nil
}

// checkText refuses what no text of a model is and what readers take differently.
func checkText(at int64, b []byte) *Error {
	if !utf8.Valid(b) {
		return malformed(at, "is no valid UTF-8", "text")
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return malformed(at, "holds a NUL byte", "text")
	}
	return nil
}
