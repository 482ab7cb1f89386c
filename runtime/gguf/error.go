package gguf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What kind of trouble an *Error is, for errors.Is.
var (
	ErrTruncated   = errors.New("file is cut short")
	ErrMalformed   = errors.New("file is malformed")
	ErrUnsupported = errors.New("not supported")
	ErrMissing     = errors.New("key is missing")
	ErrType        = errors.New("key has the wrong type")
)

// Error is a file, or a key of it, that cannot be used.
type Error struct {
	Field    string // "tensor_count", "general.alignment", "dims[1] of tensor output.weight"
	Offset   int64  // where the field lies in the file; -1 for a missing key
	Found    string // "is 13"
	Expected string // "a power of two up to 65536"
	Cure     string // what to do
	Err      error  // ErrTruncated, ErrMalformed, ErrUnsupported, ErrMissing or ErrType
}

func (e *Error) Error() string {
	var s strings.Builder
	s.WriteString("gguf: " + e.Field)
	if e.Offset >= 0 {
		fmt.Fprintf(&s, " at byte %d", e.Offset)
	}
	fmt.Fprintf(&s, " %s, expected %s: %s", e.Found, e.Expected, e.Cure)
	return s.String()
}

func (e *Error) Unwrap() error { return e.Err }

// of names the field of an error that a reading function began without knowing it.
func (e *Error) of(format string, args ...any) *Error {
	e.Field = fmt.Sprintf(format, args...)
	return e
}

func truncated(offset int64, found, expected string) *Error {
	return &Error{Offset: offset, Found: found, Expected: expected, Err: ErrTruncated,
		Cure: "the file is cut short or damaged, download it again"}
}

func malformed(offset int64, found, expected string) *Error {
	return &Error{Offset: offset, Found: found, Expected: expected, Err: ErrMalformed,
		Cure: "the file is damaged or badly made, download it again or convert the model anew"}
}

func beyondLimit(offset int64, found, expected string) *Error {
	return &Error{Offset: offset, Found: found, Expected: expected, Err: ErrMalformed,
		Cure: "the file is damaged or larger than llamad accepts, take another"}
}

func unsupported(offset int64, found, expected, cure string) *Error {
	return &Error{Offset: offset, Found: found, Expected: expected, Cure: cure, Err: ErrUnsupported}
}

// Label is a key, a name or a text of the file as errors show it: quoted where it holds anything
// that could forge a log line, and never longer than a line.
func Label(s string) string {
	const longest = 80
	cut := ""
	if len(s) > longest {
		s, cut = s[:longest], "..."
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return strconv.QuoteToASCII(s) + cut
		}
	}
	return s + cut
}
