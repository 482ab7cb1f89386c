package llm

import (
	"errors"
	"fmt"

	"llamad/runtime/memory"
)

// Available is how much memory this process may have in all: what it could still
// take, and what it has already.
func Available() memory.Room {
	host := memory.Host()
	room := host.Room()
	room.Bytes += host.Process().Anonymous
	return room
}

// Memory reports the four figures that are kept apart. What is resident of the
// model is what is of files, the program taken to be there whole.
func (m *Model) Memory() Memory {
	process := memory.Host().Process()
	m.mu.Lock()
	kv := int64(len(m.slots)) * m.plan.KV
	m.mu.Unlock()
	return Memory{Anonymous: process.Anonymous, Resident: min(max(process.Mapped-m.plan.Program, 0), m.plan.Weights),
		KV: kv, Budget: m.plan.Budget}
}

// comparePlan looks whether what is planned is there now, which a budget that
// somebody set does not say, and locks the weights only then: what is locked the
// system cannot take back when it runs out.
func (m *Model) comparePlan(lock bool) {
	room, need := m.room(), m.plan.Weights+m.plan.Anonymous()
	enough := need <= room.Bytes
	if !enough {
		m.warnings = append(m.warnings, fmt.Sprintf("the model takes up to %.0f MB and %.0f MB are available now (%s): weights will be read from the disk again and again, and prompts may be refused",
			float64(need)/1e6, float64(room.Bytes)/1e6, room.From))
	}
	if !lock {
		return
	}
	err := errors.New("there is no room for them")
	if enough {
		err = m.file.Lock()
	}
	if err != nil {
		m.warnings = append(m.warnings, fmt.Sprintf("memory.lock: the weights stay unlocked and may be evicted: %v", err))
	}
}
