package pool

import (
	"sync/atomic"
	"time"
)

// spinUntil looks for done without giving up the CPU, for at most so long, and
// says whether it came.
func spinUntil(limit time.Duration, done func() bool) bool {
	const glances = 64 // between looks at the clock, a few microseconds
	for start := time.Now(); ; {
		for range glances {
			if done() {
				return true
			}
			pause()
		}
		if time.Since(start) >= limit {
			return false
		}
	}
}

// pauseLoads makes a glance last some 20 ns, so that spinning cores leave the
// line they watch alone most of the time.
const pauseLoads = 16

var pauseWord atomic.Uint32

// pause passes a moment. Loads of a line that nobody writes stay in the core's
// own cache.
func pause() {
	for range pauseLoads {
		pauseWord.Load()
	}
}
