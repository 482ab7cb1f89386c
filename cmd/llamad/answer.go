package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/pflag"

	"llamad/config"
	"llamad/mqtt"
)

// newAnswerFields adds the flags for all fields of a request that make sense where
// the answer is shown at once: reply and stream are about topics.
func newAnswerFields(flags *pflag.FlagSet) *fields {
	f := newFields(flags, "system", "max_tokens", "temperature", "top_k", "top_p", "min_p", "repeat_penalty", "seed", "stop", "plain")
	f.deadline(flags)
	return f
}

// withDeadline ends ctx when the request wants its answer.
func withDeadline(ctx context.Context, r config.Request) (context.Context, context.CancelFunc) {
	if r.DeadlineS <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(r.DeadlineS)*time.Second)
}

// writePieces has an answer written, and shows its pieces on out as they come if
// show is set. Then reading, the line about the prompt, gives way.
func writePieces(out *bufio.Writer, pieces iter.Seq2[string, error], reading *progress, show bool) error {
	defer reading.clear()
	for text, err := range pieces {
		reading.clear()
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		if show {
			out.WriteString(mqtt.Clean(text))
			if err := out.Flush(); err != nil {
				return fmt.Errorf("standard output: %w", err)
			}
		}
	}
	return nil
}
