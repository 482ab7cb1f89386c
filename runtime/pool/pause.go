package pool

import "sync/atomic"

// pauseLoads makes one turn of a spinning wait last about 25 ns, so that spinning
// cores leave the line they watch alone most of the time.
const pauseLoads = 32

var pauseWord atomic.Uint32

// pause passes a moment without giving up the CPU. Loads of a line that nobody
// writes stay in the core's own cache.
func pause() {
	for range pauseLoads {
		pauseWord.Load()
	}
}
