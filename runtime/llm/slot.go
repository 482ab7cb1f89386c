package llm

import (
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
//
// A conversation keeps to its own slot. Other prompts continue in the slot that
// shares most with them where that is the better half of either, which is so for
// prompts with the same system prompt; what came after it there is given up.
// A prompt that is new gets a new slot, or the one unused for longest, and
// begins with a copy of what another slot shares with it.
func (m *Model) claim(key string, ids []tokenizer.ID) (s *slot, cached int, err error) {
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
	if s == nil {
		if s, err = m.freeSlot(best); err != nil {
			return nil, 0, err
		}
	}
	// In the slot's own tokens, or copied from the one that shares more.
	if own := shared(s.tokens, ids); s == best || own >= cached {
		cached = own
	} else {
		s.cache.CopyPrefix(best.cache, cached)
	}
	m.uses++
	s.key, s.used = key, m.uses
	s.tokens = append(s.tokens[:0], ids[:cached]...)
	return s, cached, nil
}

// freeSlot makes a slot while the plan allows, or takes the one unused for
// longest, and spares source unless it is the only one.
func (m *Model) freeSlot(source *slot) (*slot, error) {
	if len(m.slots) < m.plan.Slots {
		s := &slot{}
		s.cache = model.NewCache(&m.model.Config, m.state.KV, m.plan.Context, &s.memory)
		if err := s.memory.Map(); err == nil {
			m.slots = append(m.slots, s)
			return s, nil
		} else if len(m.slots) == 0 {
			return nil, err
		}
	}
	var oldest *slot
	for _, s := range m.slots {
		if (s != source || len(m.slots) == 1) && (oldest == nil || s.used < oldest.used) {
			oldest = s
		}
	}
	return oldest, nil
}
