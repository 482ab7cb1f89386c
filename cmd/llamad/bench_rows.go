package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"llamad/board"
	"llamad/runtime/llm"
)

// bench is one run of the command: what is timed, and what has come of it.
type bench struct {
	*benchOptions
	chooses bool // the number of threads for answers is measured first
	fastest int  // what came of it; 0 before

	board      string // "Raspberry Pi 5 Model B Rev 1.0"
	file       string // as the user named it
	kind       string // "llama 1.1B Q8_0"
	size       int64  // of the tensors, in bytes
	tokenBytes int64  // read for one token of an answer
	info       llm.Info

	rows      []benchRow
	throttled *bool // at the end; nil where the board cannot tell
}

// benchRow is one line of the table.
type benchRow struct {
	began   time.Time
	prompt  int // tokens; 0 in a row that times an answer
	answer  int
	threads int
	samples []time.Duration

	readSpeed float64 // of an answer's threads, in bytes a second
}

func (r *benchRow) name() string {
	if r.prompt > 0 {
		return fmt.Sprintf("pp%d", r.prompt)
	}
	return fmt.Sprintf("tg%d", r.answer)
}

// speeds are the tokens a second of each sample.
func (r *benchRow) speeds() []float64 {
	s := make([]float64, len(r.samples))
	for i, d := range r.samples {
		s[i] = float64(r.prompt+r.answer) / d.Seconds()
	}
	return s
}

// nanoseconds are the samples as numbers.
func (r *benchRow) nanoseconds() []float64 {
	s := make([]float64, len(r.samples))
	for i, d := range r.samples {
		s[i] = float64(d)
	}
	return s
}

// spread is the mean and the standard deviation of a sample.
func spread(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	if len(values) < 2 {
		return mean, 0
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)-1))
}

// limit is how many tokens a second the memory allows, and how many of a hundred
// of them an answer reaches.
func (b *bench) limit(r *benchRow) (perSecond, percent float64) {
	speed, _ := spread(r.speeds())
	perSecond = r.readSpeed / float64(b.tokenBytes)
	return perSecond, 100 * speed / perSecond
}

// describe is what is known before anything is timed.
func (b *bench) describe(m *llm.Model, path string) error {
	kinds, err := m.Tensors()
	if err != nil {
		return err
	}
	for _, k := range kinds {
		b.size += k.Bytes
	}
	b.board, b.file, b.info, b.tokenBytes = board.Here().Name(), path, m.Info(), m.TokenBytes()
	if b.shape != "" {
		b.file = b.shape + " " + b.info.Quantization + ", random weights"
	}
	b.kind = b.info.Architecture + " " + parameters(b.info.Parameters) + " " + b.info.Quantization
	return nil
}

// run times everything and reports it.
func (b *bench) run(ctx context.Context, m *llm.Model) error {
	meter, err := m.Meter()
	if err != nil {
		return err
	}
	defer meter.Close()
	if b.output == "md" {
		if err := b.writeHead(); err != nil {
			return err
		}
	}
	for _, threads := range b.eachThreads() {
		for _, n := range b.prompts.values {
			if err := b.timePrompt(ctx, meter, n, threads); err != nil {
				return err
			}
		}
		for _, n := range b.answers.values {
			if err := b.timeAnswer(ctx, meter, n, threads); err != nil {
				return err
			}
		}
	}
	b.throttled = board.Here().HeldBack()
	return b.end()
}

// eachThreads are the numbers of threads to time with; 0 chooses.
func (b *bench) eachThreads() []int {
	if !b.threads.given {
		return []int{0}
	}
	return b.threads.values
}

// warmUp is how many tokens are computed before a row is timed: they bring the
// weights into memory.
const warmUp = 32

func (b *bench) timePrompt(ctx context.Context, meter *llm.Meter, n, threads int) error {
	if n == 0 {
		return nil
	}
	r := benchRow{prompt: n, threads: threads}
	if threads == 0 {
		r.threads = b.info.ThreadsPrefill
	}
	if _, err := meter.Prefill(ctx, min(n, warmUp), r.threads, nil); err != nil {
		return err
	}
	err := b.sample(&r, func(progress func(int)) (time.Duration, error) {
		return meter.Prefill(ctx, n, r.threads, progress)
	})
	if err != nil {
		return err
	}
	return b.add(r)
}

func (b *bench) timeAnswer(ctx context.Context, meter *llm.Meter, n, threads int) (err error) {
	if n == 0 {
		return nil
	}
	r := benchRow{answer: n, threads: threads}
	switch {
	case threads > 0:
	case b.chooses:
		if b.fastest == 0 {
			if b.fastest, err = meter.DecodeThreads(ctx); err != nil {
				return err
			}
		}
		r.threads = b.fastest
	default:
		r.threads = b.info.ThreadsDecode
	}
	// Read before and after: what else the machine does must not spoil both.
	before, err := meter.ReadSpeed(ctx, r.threads)
	if err != nil {
		return err
	}
	if _, err := meter.Decode(ctx, 1, r.threads, nil); err != nil {
		return err
	}
	err = b.sample(&r, func(progress func(int)) (time.Duration, error) {
		return meter.Decode(ctx, n, r.threads, progress)
	})
	if err != nil {
		return err
	}
	after, err := meter.ReadSpeed(ctx, r.threads)
	if err != nil {
		return err
	}
	r.readSpeed = max(before, after)
	return b.add(r)
}

// sample takes the samples of a row.
func (b *bench) sample(r *benchRow, once func(progress func(done int)) (time.Duration, error)) error {
	r.began = time.Now()
	n := r.prompt + r.answer
	progress := newProgress(b.app.stderr, fmt.Sprintf("%s with %d threads", r.name(), r.threads))
	defer progress.clear()
	for i := range b.repeat {
		d, err := once(func(done int) { progress.show(i*n+done, b.repeat*n) })
		if err != nil {
			return err
		}
		r.samples = append(r.samples, d)
	}
	return nil
}

// add reports a row that is complete.
func (b *bench) add(r benchRow) error {
	b.rows = append(b.rows, r)
	if b.output == "md" {
		return b.writeRow(&r)
	}
	return nil
}

// end writes what stands below the table, or everything as JSON.
func (b *bench) end() error {
	if b.output == "json" {
		return b.writeJSON()
	}
	return b.writeWords()
}
