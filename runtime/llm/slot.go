package llm

import (
	"slices"

	"llamad/runtime/mmap"
	"llamad/runtime/model"
	"llamad/runtime/tokenizer"
)

// slot is one kept KV cache and the tokens whose keys and values it holds.
type slot struct {
	key    string // the conversation it belongs to; "" is nobody's
	cache  *model.Cache
	memory mmap.Arena
	tokens []tokenizer.ID // the first len(tokens) positions are valid
	used   uint64

	touched int // positions that were ever written: the rest of memory is not taken yet
}

// shared is how many tokens a and b begin with in common.
func shared(a, b []tokenizer.ID) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// claim finds the slot to compute ids in and how many of them it holds already.
// The answer may come to fill that many positions.
//
// A conversation keeps to its own slot. Other prompts continue in the slot that
// shares most with them where that is the better half of either, which is so for
// prompts with the same system prompt; what came after it there is given up.
// A prompt that is new gets a new slot, or the one unused for longest, and
// begins with a copy of what another slot shares with it.
//
// Where memory is short there is no new slot, then fewer of them, and at last a
// *PressureError.
func (m *Model) claim(key string, ids []tokenizer.ID, positions int) (s *slot, cached int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var best *slot
	for _, other := range m.slots {
		n := shared(other.tokens, ids)
		if best == nil || n > cached {
			best, cached = other, n
		}
		if key != "" && other.key == key {
			s = other
		}
	}
	if key == "" && best != nil && best.key == "" && 2*cached >= min(len(ids), len(best.tokens)) {
		s = best
	}
	rows := min(len(ids), batchRows)
	if s == nil {
		roomy := func() bool { return m.takes(nil, rows, positions) <= m.room().Bytes }
		if s, err = m.freeSlot(best, roomy); err != nil {
			return nil, 0, err
		}
	}
	if err := m.makeRoom(s, best, rows, positions); err != nil {
		return nil, 0, err
	}
	// In the slot's own tokens, or copied from the one that shares more.
	if own := shared(s.tokens, ids); s == best || own >= cached || !slices.Contains(m.slots, best) {
		cached = own
	} else {
		s.cache.CopyPrefix(best.cache, cached)
		s.touched = max(s.touched, cached)
	}
	m.uses++
	s.key, s.used = key, m.uses
	s.tokens = append(s.tokens[:0], ids[:cached]...)
	return s, cached, nil
}

// freeSlot makes a slot while the plan and roomy allow, or takes the one unused
// for longest, and spares source unless it is the only one. The first slot is
// always made.
func (m *Model) freeSlot(source *slot, roomy func() bool) (*slot, error) {
	if len(m.slots) == 0 || len(m.slots) < m.plan.Slots && roomy() {
		s := &slot{}
		s.cache = model.NewCache(&m.model.Config, m.state.KV, m.plan.Context, &s.memory)
		if err := s.memory.Map(); err == nil {
			m.slots = append(m.slots, s)
			return s, nil
		} else if len(m.slots) == 0 {
			return nil, err
		}
	}
	if s := m.oldest(source); s != nil {
		return s, nil
	}
	return source, nil
}

// oldest is the slot unused for longest beside those that are spared, nil where
// there is no other.
func (m *Model) oldest(spared ...*slot) (oldest *slot) {
	for _, s := range m.slots {
		if !slices.Contains(spared, s) && (oldest == nil || s.used < oldest.used) {
			oldest = s
		}
	}
	return oldest
}
