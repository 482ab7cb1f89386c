package main

import (
	"os"
	"runtime/debug"

	"llamad/config"
	"llamad/mqtt"
	"llamad/runtime/llm"
)

const (
	// workHeap is what the prompt in work needs for a while: the sampler, the answer,
	// JSON; and tokenHeap is what each of its bytes does while it is turned into tokens.
	workHeap  = 1 << 20
	tokenHeap = 48

	// conversationsHeap is what is remembered of conversations, each no longer than
	// a context holds.
	conversationsHeap = 1 << 20

	// untouched is what Go counts against its limit and has only reserved: no memory
	// that anybody misses.
	untouched = 3 << 20
)

// headroom is what a service may have to hold beside the model for a while: a full
// queue, each prompt as it came and as it was understood, one of them in work, and
// answers that wait for their broker or to be asked for again. Commands plan with
// the same, so that a model that runs also serves.
func headroom(c *config.Config) int64 {
	prompts := (2*int64(c.MQTT.Queue+1) + tokenHeap) * int64(c.MQTT.MaxPacket)
	return workHeap + prompts + mqtt.MaxKept + conversationsHeap
}

// boundHeap makes Go's heap keep to its part of the plan, and gives back what
// opening the model left behind. Who sets GOMEMLIMIT or GOGC knows better.
func boundHeap(p llm.Plan) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(p.Heap + p.Headroom + untouched)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(llm.GCPercent)
	}
	debug.FreeOSMemory()
}
