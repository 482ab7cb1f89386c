package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"llamad/runtime/eval"
	"llamad/runtime/llm"
)

func (a *app) evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Measure how good a model is",
		Example: `  llamad eval perplexity tinyllama wiki.test.raw
  llamad eval choice tinyllama ARC-Challenge-Test.jsonl`,
		Args: cobra.ArbitraryArgs,
		RunE: unknown,
	}
	cmd.AddCommand(a.perplexityCommand(), a.choiceCommand())
	return cmd
}

// evalOptions are the flags that all measurements have.
type evalOptions struct {
	app    *app
	model  *modelFlags
	limit  int
	resume string
	json   bool
}

// newEvalOptions adds the flags; parts is the name of what is measured one after
// the other.
func newEvalOptions(a *app, flags *pflag.FlagSet, parts string) *evalOptions {
	o := &evalOptions{app: a}
	flags.SortFlags = false
	flags.IntVar(&o.limit, "limit", 0, "measure only the first `n` "+parts+"; 0 is all")
	flags.StringVar(&o.resume, "resume", "", "keep what is measured in this `file`, and go on where it ends if it is there")
	flags.BoolVar(&o.json, "json", false, "print the figures as JSON")
	o.model = newModelFlags(flags)
	return o
}

// measured is a model and a setting: what a state file must have been made with.
type measured struct {
	Measure string   `json:"measure"` // "perplexity"
	Model   string   `json:"model"`   // the file's name
	Bytes   int64    `json:"bytes"`   // and its size
	Context int      `json:"context"`
	KV      string   `json:"kv"`
	BOS     bool     `json:"add_bos_token,omitempty"`
	Limit   int      `json:"limit,omitempty"` // of a file that another one comes after
	Data    []digest `json:"data"`
}

// digest is a file that is measured on.
type digest struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Task   string `json:"task,omitempty"`
}

func newDigest(path string, data []byte) digest {
	sum := sha256.Sum256(data)
	return digest{Name: filepath.Base(path), SHA256: hex.EncodeToString(sum[:])}
}

// readData reads a file to measure on, which is bounded.
func readData(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err, "FILE is a file to measure on", "the file must be readable by the user that runs llamad")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, withHint(fmt.Errorf("%s has more than %d MB", path, most>>20), "measure on a part of it: head -c 10M")
	}
	return data, nil
}

// measurement is a run of steps with their records.
type measurement[Record any] struct {
	*evalOptions
	what   string // "chunk"
	steps  int
	step   func(ctx context.Context, i int) (Record, error)
	figure func(done []Record) string // what they come to so far
}

// run does the steps that are not in the log yet and returns the records of all.
// Where a step fails, or Ctrl-C comes, it returns those up to it.
func (m *measurement[Record]) run(ctx context.Context, run measured) (done []Record, err error) {
	var log *eval.Log[Record]
	if m.resume != "" {
		if log, err = eval.OpenLog[Record](m.resume, run); err != nil {
			return nil, fileError(m.resume, err, "the directory of --resume must be there", "the file of --resume must be writable by the user that runs llamad")
		}
		defer func() { err = errors.Join(err, log.Close()) }()
		done = log.Done[:min(len(log.Done), m.steps)]
	}
	line := newEvalProgress(m.app.stderr, m.what, len(done), m.steps)
	defer line.clear()
	for i := len(done); i < m.steps; i++ {
		r, err := m.step(ctx, i)
		if err != nil {
			return done, err
		}
		if log != nil {
			if err := log.Add(r); err != nil {
				return done, fmt.Errorf("%s: %w", m.resume, err)
			}
		}
		done = append(done, r)
		line.show(len(done), m.figure(done))
	}
	return done, nil
}

// interrupted says how a measurement goes on that was ended by a signal, with
// what it came to.
func (o *evalOptions) interrupted(err error, what string, done, steps int, figure string) error {
	if !errors.Is(err, context.Canceled) || done == 0 {
		return err
	}
	hint := "the same command goes on from here"
	if o.resume == "" {
		hint = "with --resume FILE a measurement can be interrupted and go on"
	}
	return withHint(fmt.Errorf("interrupted after %s %d of %d: %s so far", what, done, steps, figure), hint)
}

// evalProgress says how far a measurement is: with a bar on one line of a terminal,
// anywhere else in a line now and then.
type evalProgress struct {
	*progress
	from, steps int
	spoken      time.Time
}

const (
	evalLines = 30 * time.Second // how often a line is written where there is no terminal
	evalBar   = 10               // characters: with HellaSwag's 10042 questions the line still fits 80
)

func newEvalProgress(w io.Writer, what string, from, steps int) *evalProgress {
	p := newProgress(w, what)
	return &evalProgress{progress: p, from: from, steps: steps, spoken: p.began}
}

func (p *evalProgress) show(done int, figure string) {
	left := time.Duration(float64(time.Since(p.began)) / float64(done-p.from) * float64(p.steps-done))
	at, rest := fmt.Sprintf("%s %d of %d", p.what, done, p.steps), fmt.Sprintf(", %s, %s left", figure, rounded(left))
	if !p.off {
		p.replace(at + " " + bar(int64(done), int64(p.steps), evalBar) + rest)
	} else if time.Since(p.spoken) >= evalLines {
		p.spoken = time.Now()
		fmt.Fprintln(p.w, at+rest)
	}
}

// rounded is a time as a person would say it.
func rounded(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()+0.5))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// about is what a measurement has of a model.
func about(measure string, info llm.Info, kv string) measured {
	if kv == "" {
		kv = "f16"
	}
	return measured{Measure: measure, Model: filepath.Base(info.Path), Bytes: info.SizeBytes, Context: info.Context, KV: kv}
}
