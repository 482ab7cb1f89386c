package sample

import (
	"math"
	"sort"
)

// choose returns the ids that the filters leave, at least one, in s.ids.
func (s *Sampler) choose(logits []float32) []int32 {
	if s.p.TopK > 0 {
		ids := top(s.ids[:0], logits, s.p.TopK)
		sum := 0.0
		for _, id := range ids {
			sum += relative(logits[id], logits[ids[0]])
		}
		return s.nucleus(ids, logits, sum)
	}
	highest := logits[greedy(logits)]
	if s.p.TopP >= 1 {
		ids := s.ids[:0] // nothing needs an order
		for id, v := range logits {
			if v >= highest-s.cutoff {
				ids = append(ids, int32(id))
			}
		}
		return ids
	}
	sum, likely := 0.0, 0
	for _, v := range logits {
		sum += relative(v, highest)
		if v >= highest-s.cutoff {
			likely++
		}
	}
	// What top_p keeps of a whole vocabulary is nearly always among the first few
	// hundred; only if it is not, all that min_p leaves is sorted.
	const few = 256
	ids := top(s.ids[:0], logits, min(few, likely))
	if kept := s.nucleus(ids, logits, sum); len(kept) < few {
		return kept
	}
	return s.nucleus(top(s.ids[:0], logits, likely), logits, sum)
}

// relative is a logit's probability as a part of the highest's.
func relative(logit, highest float32) float64 { return exp(float64(logit) - float64(highest)) }

// nucleus cuts ids, which are in falling order, where top_p is reached or min_p
// is no longer. sum is what all probabilities come to, relative to the first.
func (s *Sampler) nucleus(ids []int32, logits []float32, sum float64) []int32 {
	highest := logits[ids[0]]
	enough := math.Inf(1)
	if s.p.TopP < 1 {
		enough = float64(s.p.TopP) * sum
	}
	run := 0.0
	for i, id := range ids {
		if logits[id] < highest-s.cutoff {
			return ids[:i]
		}
		if run += relative(logits[id], highest); run >= enough {
			return ids[:i+1]
		}
	}
	return ids
}

// cutoff is the largest difference d of two logits at which e^-d is still at least
// p, found by bisection over the bits of positive floats, which are in the floats'
// order: so no logarithm has to be the same on every machine.
func cutoff(p float32) float32 {
	if p <= 0 {
		return float32(math.Inf(1))
	}
	const farthest = 128 // e^-128 is below every positive float32
	first := sort.Search(int(math.Float32bits(farthest)), func(bits int) bool {
		return exp(-float64(math.Float32frombits(uint32(bits)))) < float64(p)
	})
	return math.Float32frombits(uint32(max(first-1, 0)))
}
