package llm

import (
	"context"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// A reading goes on for at least so long and so often; the fastest pass counts,
// since the first may wait for the disk.
const (
	readAtLeast  = 300 * time.Millisecond
	readPasses   = 3
	memoryLine   = 64 // bytes that come from memory at once: a cache line
	linesPerTurn = 4
)

// ReadSpeed measures how fast that many threads can read the weights, in bytes a
// second, and do nothing else: what decode can at best come to.
func (t *Meter) ReadSpeed(ctx context.Context, threads int) (float64, error) {
	if err := t.check(0, threads); err != nil {
		return 0, err
	}
	weights := t.model.file.Bytes()
	var seen atomic.Uint64 // or the compiler would read nothing
	read := func(worker, workers int) {
		seen.Add(touch(weights[len(weights)/workers*worker : len(weights)/workers*(worker+1)]))
	}
	var fastest time.Duration
	for pass, begin := 0, time.Now(); pass < readPasses || time.Since(begin) < readAtLeast; pass++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		start := time.Now()
		if err := t.model.pool.Run(threads, read); err != nil {
			return 0, asModelError(err)
		}
		if d := time.Since(start); pass == 0 || d < fastest {
			fastest = d
		}
	}
	return float64(len(weights)) / fastest.Seconds(), nil
}

// touch reads a word of each cache line, which brings in the whole line: so the
// memory is the limit and not the core.
func touch(b []byte) uint64 {
	var w0, w1, w2, w3 uint64
	for ; len(b) >= linesPerTurn*memoryLine; b = b[linesPerTurn*memoryLine:] {
		turn := b[:linesPerTurn*memoryLine]
		w0 ^= binary.LittleEndian.Uint64(turn[0*memoryLine:])
		w1 ^= binary.LittleEndian.Uint64(turn[1*memoryLine:])
		w2 ^= binary.LittleEndian.Uint64(turn[2*memoryLine:])
		w3 ^= binary.LittleEndian.Uint64(turn[3*memoryLine:])
	}
	return w0 ^ w1 ^ w2 ^ w3
}
