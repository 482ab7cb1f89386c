package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// ExitCode is what a command that meets an *Error exits with: EX_CONFIG of
// sysexits.h, which the unit file tells systemd not to restart on.
const ExitCode = 78

// Problem is one thing that is wrong, or worth a warning.
type Problem struct {
	File string // "" for the environment
	Line int    // 1-based; 0 when there is none to name
	Key  string // "mqtt.queue", "LLAMAD_MQTT_QUEUE"; "" for the file as a whole
	Text string // what is wrong and what was expected
	Hint string // the cure, "" when Text says it

	cause error // what the system said about a file
}

// String is "file:line: key: text", without the hint.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			b.WriteString(":" + strconv.Itoa(p.Line))
		}
		b.WriteString(": ")
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Error is a configuration that cannot be used. It holds every problem found,
// so that a file is put right in one go.
type Error struct{ Problems []Problem }

// Error has a line for each problem and one for each hint.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
		if p.Hint != "" {
			b.WriteString(" (" + p.Hint + ")")
		}
	}
	return b.String()
}

// Unwrap gives the errors of the system behind the problems, so that a missing
// file matches fs.ErrNotExist.
func (e *Error) Unwrap() []error {
	var causes []error
	for _, p := range e.Problems {
		if p.cause != nil {
			causes = append(causes, p.cause)
		}
	}
	return causes
}

func byLine(ps []Problem) []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return ps
}
