package tokenizer

import "slices"

// A merger joins neighbouring symbols, always the pair of lowest rank first and
// of equal pairs the leftmost, until no pair has a rank. Symbols are a linked
// list and the pairs wait in a heap, so n symbols cost n log n steps however the
// text looks. A merger is reused from word to word.
type merger struct {
	symbols []symbol
	heap    []pair
}

// symbol is a piece of the text being merged: text[start:end].
// A symbol that was merged into its left neighbour has end 0.
type symbol struct {
	start, end int32
	prev, next int32 // neighbours in symbols, -1 at the ends
	id         ID    // None where the bytes are no token
}

// pair is a merge that was possible when it was pushed. It still is if the left
// symbol lives and its right neighbour ends where it did: a symbol that grew, or
// that was swallowed, has another end.
type pair struct {
	order uint64 // rank<<32 | left: what comes first
	end   int32  // of the right symbol
	id    ID     // what the two become
}

// reset begins a word of at most n symbols. Room is made at once: growing would
// take three times as much of a long text.
func (m *merger) reset(n int) {
	m.symbols = slices.Grow(m.symbols[:0], n)
	m.heap = slices.Grow(m.heap[:0], n)
}

// add appends a symbol at the end of the list.
func (m *merger) add(start, end int, id ID) {
	n := int32(len(m.symbols))
	if n > 0 {
		m.symbols[n-1].next = n
	}
	m.symbols = append(m.symbols, symbol{int32(start), int32(end), n - 1, -1, id})
}

// run merges. rank tells whether two neighbours can be merged, when, and into
// which token.
func (m *merger) run(rank func(left, right *symbol) (rank uint32, id ID, ok bool)) {
	for i := 1; i < len(m.symbols); i++ {
		m.consider(int32(i-1), int32(i), rank)
	}
	for len(m.heap) > 0 {
		p := m.pop()
		l := int32(uint32(p.order))
		left := &m.symbols[l]
		if left.end == 0 || left.next < 0 || m.symbols[left.next].end != p.end {
			continue
		}
		right := &m.symbols[left.next]
		left.end, left.next, left.id = right.end, right.next, p.id
		right.end = 0
		if left.next >= 0 {
			m.symbols[left.next].prev = l
		}
		m.consider(left.prev, l, rank)
		m.consider(l, left.next, rank)
	}
}

func (m *merger) consider(l, r int32, rank func(left, right *symbol) (uint32, ID, bool)) {
	if l < 0 || r < 0 {
		return
	}
	if n, id, ok := rank(&m.symbols[l], &m.symbols[r]); ok {
		m.push(pair{uint64(n)<<32 | uint64(uint32(l)), m.symbols[r].end, id})
	}
}

// push and pop keep heap[0] the pair of lowest order.
func (m *merger) push(p pair) {
	m.heap = append(m.heap, p)
	h := m.heap
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h[up].order <= p.order {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = p
}

func (m *merger) pop() pair {
	h := m.heap
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	m.heap = h
	i := 0
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].order < h[down].order {
			down++
		}
		if last.order <= h[down].order {
			break
		}
		h[i] = h[down]
		i = down
	}
	if len(h) > 0 {
		h[i] = last
	}
	return top
}
