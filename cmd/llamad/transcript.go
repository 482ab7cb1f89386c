package main

import (
	"fmt"
	"io"
	"strings"

	"llamad/mqtt"
)

// transcript shows an answer while it comes in.
type transcript struct {
	out     io.Writer
	reading *progress
	shown   strings.Builder
	next    int // of the parts
	err     error
}

func (t *transcript) status(s mqtt.Status) {
	if s.State == mqtt.Prefill {
		t.reading.show(s.Progress, 100)
	}
}

// part shows a piece, as long as none was lost: pieces are QoS 0.
func (t *transcript) part(p mqtt.StreamPart) {
	if p.Seq != t.next || t.err != nil {
		return
	}
	t.next++
	t.reading.clear()
	t.shown.WriteString(p.Text)
	_, t.err = io.WriteString(t.out, p.Text)
}

// end shows what the pieces have not.
func (t *transcript) end(text string) error {
	rest, continues := strings.CutPrefix(text, t.shown.String())
	if !continues { // the final answer is what counts
		rest = "\n" + text
	}
	if !strings.HasSuffix(text, "\n") {
		rest += "\n"
	}
	if t.err == nil {
		_, t.err = io.WriteString(t.out, rest)
	}
	if t.err != nil {
		return fmt.Errorf("standard output: %w", t.err)
	}
	return nil
}
