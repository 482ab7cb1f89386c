package llm

import (
	"fmt"
	"slices"

	"llamad/runtime/memory"
	"llamad/runtime/model"
)

// PressureError is a prompt that the machine has no memory for now, although the
// model's budget has: something else took it.
type PressureError struct {
	Need int64 // bytes that the prompt and its answer may newly take
	Room memory.Room
}

func (e *PressureError) Error() string {
	return fmt.Sprintf("memory is short: the prompt may take %.1f MB more and %.1f MB are available (%s); try a shorter prompt or a smaller max_tokens, or end what else takes memory on this machine",
		float64(e.Need)/1e6, float64(e.Room.Bytes)/1e6, e.Room.From)
}

// takes is how many bytes, beside those that are taken already, a prompt may take
// that is computed in batches of so many rows, up to that many positions of a
// slot; nil is a new one. Weights do not count: they are page cache.
func (m *Model) takes(s *slot, rows, positions int) int64 {
	if s != nil {
		positions -= s.touched
	}
	return m.kvBytes(positions) + m.plan.Scratch*int64(max(rows-m.rows, 0))/batchRows
}

// kvBytes is what that many positions of a slot take.
func (m *Model) kvBytes(positions int) int64 {
	return m.plan.KV * int64(max(positions, 0)) / int64(m.plan.Context)
}

// makeRoom sees to it that there is memory for what a prompt takes in s, so that
// it is refused rather than the process killed. It gives up other slots for it,
// source last. The machine is asked only where something new is to be taken.
func (m *Model) makeRoom(s, source *slot, rows, positions int) error {
	need := m.takes(s, rows, positions)
	if need == 0 {
		return nil
	}
	room := m.room()
	for need > room.Bytes {
		other := m.oldest(s, source)
		if other == nil {
			other = m.oldest(s)
		}
		if other == nil {
			return &PressureError{need, room}
		}
		m.log.Warn("memory is short: a kept KV cache is given up", "model", m.name, "needed", need, "available", room.Bytes, "by", room.From)
		room.Bytes += m.kvBytes(other.touched)
		if err := m.drop(other); err != nil {
			return err
		}
	}
	return nil
}

// drop gives a slot's memory back.
func (m *Model) drop(s *slot) error {
	m.slots = slices.DeleteFunc(m.slots, func(other *slot) bool { return other == s })
	return s.memory.Free()
}

// touch remembers what a batch wrote.
func (m *Model) touch(s *slot, batch []model.Span) {
	rows := 0
	for i := range batch {
		rows += len(batch[i].Tokens)
		s.touched = max(s.touched, batch[i].Position+len(batch[i].Tokens))
	}
	m.rows = max(m.rows, rows)
}
