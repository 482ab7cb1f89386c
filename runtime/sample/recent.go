package sample

import "math"

// recent is the window of tokens that the repeat penalty looks back on.
type recent struct {
	ring  []int32 // the last tokens, oldest at next once full
	next  int
	full  bool
	seen  []int32 // each token of the ring once
	times []int   // and how often it is in there
}

// newRecent makes a window of n tokens. The zero window remembers nothing.
func newRecent(n int) recent {
	return recent{ring: make([]int32, n), seen: make([]int32, 0, n), times: make([]int, 0, n)}
}

func (r *recent) push(id int32) {
	if len(r.ring) == 0 {
		return
	}
	if r.full {
		r.forget(r.ring[r.next])
	}
	r.ring[r.next] = id
	if r.next++; r.next == len(r.ring) {
		r.next, r.full = 0, true
	}
	for i, v := range r.seen {
		if v == id {
			r.times[i]++
			return
		}
	}
	r.seen, r.times = append(r.seen, id), append(r.times, 1)
}

func (r *recent) forget(id int32) {
	for i, v := range r.seen {
		if v != id {
			continue
		}
		if r.times[i]--; r.times[i] == 0 {
			last := len(r.seen) - 1
			r.seen[i], r.times[i] = r.seen[last], r.times[last]
			r.seen, r.times = r.seen[:last], r.times[:last]
		}
		return
	}
}

// penalize makes the window's tokens less likely: a penalty above 1 shrinks
// positive logits and lowers negative ones. They stay finite, whatever it is.
func (r *recent) penalize(logits []float32, penalty float32) {
	for _, id := range r.seen {
		if uint32(id) >= uint32(len(logits)) {
			continue
		}
		v := logits[id]
		if v > 0 {
			v /= penalty
		} else {
			v *= penalty
		}
		logits[id] = min(max(v, -math.MaxFloat32), math.MaxFloat32)
	}
}
