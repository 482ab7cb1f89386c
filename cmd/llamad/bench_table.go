package main

import (
	"fmt"
	"slices"
	"strings"
)

// writeHead writes the head of the table that llama-bench prints.
func (b *bench) writeHead() error {
	_, err := fmt.Fprintf(b.app.stdout, "| %-30s | %10s | %10s | %-10s | %7s | %15s | %20s |\n| %s | %s: | %s: | %s | %s: | %s: | %s: |\n",
		"model", "size", "params", "backend", "threads", "test", "t/s",
		dashes(30), dashes(9), dashes(9), dashes(10), dashes(6), dashes(14), dashes(19))
	return err
}

func dashes(n int) string { return strings.Repeat("-", n) }

// writeRow writes a line of it. The backend is the kernel class.
func (b *bench) writeRow(r *benchRow) error {
	mean, deviation := spread(r.speeds())
	_, err := fmt.Fprintf(b.app.stdout, "| %-30s | %10s | %10s | %-10s | %7d | %15s | %20s |\n",
		b.kind, binaryBytes(b.size), million(b.info.Parameters), b.info.Kernel, r.threads, r.name(), fmt.Sprintf("%.2f ± %.2f", mean, deviation))
	return err
}

// writeWords says what the numbers mean for the owner of the board.
func (b *bench) writeWords() error {
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s, %s kernels: %s.\n", b.board, b.info.Kernel, b.kernels())
	best := 0.0 // percent of the limit
	for i := range b.rows {
		r := &b.rows[i]
		if r.answer == 0 {
			continue
		}
		perSecond, percent := b.limit(r)
		fmt.Fprintf(&text, "%s: a token takes %s of weights, which %s can read %.1f times a second (%.1f GB/s). Answers reach %.0f %% of that.\n",
			r.name(), megabytes(b.tokenBytes), b.readers(r), perSecond, r.readSpeed/1e9, percent)
		best = max(best, percent)
	}
	switch {
	case best >= memoryBound:
		fmt.Fprintln(&text, "The memory sets the pace of answers: a smaller format or model is faster, more threads are not.")
	case best > 0:
		fmt.Fprintln(&text, "The memory could give more: the cores set the pace of answers, or other work on this machine does.")
	}
	if b.throttled != nil && *b.throttled {
		fmt.Fprintln(&text, "Heat or a weak power supply slows this board down now: mend that and time again.")
	}
	_, err := b.app.stdout.Write([]byte(text.String()))
	return err
}

// memoryBound is from how many percent of the limit on the memory is what
// answers wait for.
const memoryBound = 70

// readers are the threads of an answer.
func (b *bench) readers(r *benchRow) string {
	text := fmt.Sprintf("%d threads", r.threads)
	if r.threads == 1 {
		text = "1 thread"
	}
	if b.fastest > 0 {
		text += " (the fastest number)"
	}
	return text
}

// kernels are the functions in use, by format.
func (b *bench) kernels() string {
	var list []string
	for _, k := range b.info.Kernels {
		list = append(list, fmt.Sprintf("%s by %s", k.Format, strings.Join(slices.Compact([]string{k.Decode, k.Prefill}), " and ")))
	}
	return strings.Join(list, ", ")
}

// binaryBytes is a size as llama-bench writes it.
func binaryBytes(n int64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%.2f MiB", float64(n)/(1<<20))
}

// million is a number of parameters as llama-bench writes it.
func million(n int64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.2f B", float64(n)/1e9)
	}
	return fmt.Sprintf("%.2f M", float64(n)/1e6)
}

// parameters is how models are called by their size: 135M, 1.1B.
func parameters(n int64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.1fB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0fM", float64(n)/1e6)
}
