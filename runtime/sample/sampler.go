package sample

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Params say how to choose. The zero value is greedy without a penalty.
type Params struct {
	Temperature   float32 // 0 or less is greedy
	TopK          int     // 0 or less is off
	TopP          float32 // 1 or more is off; 0 or less leaves one token
	MinP          float32 // 0 or less is off
	RepeatPenalty float32 // 1 is off, and so is 0 or less
	LastN         int     // accepted tokens that the penalty looks back on; 0 is 64
	Seed          uint64
}

// stream is the second word of the generator's seed, fixed for ever: the digits
// of pi after the point.
const stream = 0x243f6a8885a308d3

// Sampler chooses one token after the other. Not safe for concurrent use.
type Sampler struct {
	p      Params
	cutoff float32 // logits further below the highest have less than MinP of its probability
	random rand.PCG
	recent recent

	// Both have room for all candidates that top_k leaves, or for the vocabulary.
	ids     []int32   // candidates
	weights []float64 // and what they weigh
}

// New makes a sampler for logits of vocab tokens.
func New(p Params, vocab int) *Sampler {
	if p.LastN <= 0 {
		p.LastN = 64
	}
	p.RepeatPenalty = min(p.RepeatPenalty, math.MaxFloat32)
	candidates := p.TopK
	if p.TopK <= 0 || p.TopK >= vocab {
		p.TopK, candidates = 0, vocab
	}
	s := &Sampler{p: p, cutoff: cutoff(p.MinP)}
	s.random.Seed(p.Seed, stream)
	if p.RepeatPenalty > 0 && p.RepeatPenalty != 1 {
		s.recent = newRecent(p.LastN)
	}
	if p.Temperature > 0 {
		s.ids = make([]int32, 0, candidates)
		s.weights = make([]float64, 0, candidates)
	}
	return s
}

// Accept counts a token as generated, for the repeat penalty.
func (s *Sampler) Accept(id int32) { s.recent.push(id) }

// NotFiniteError is a logit that is no number: the model or its arithmetic is broken.
type NotFiniteError struct {
	ID    int32
	Logit float32 // NaN or infinite
}

func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("the logit of token %d is %v, expected a finite number", e.ID, e.Logit)
}

var errNoLogits = errors.New("no logits to sample from")

// Sample chooses a token id, an index of logits, (vocab). It overwrites logits.
// A logit of -math.MaxFloat32 keeps a token out while any other is in: so a mask of
// allowed tokens is laid over the logits before they come here.
// The error is a *NotFiniteError where one of them is NaN or infinite.
func (s *Sampler) Sample(logits []float32) (int32, error) {
	if len(logits) == 0 {
		return 0, errNoLogits
	}
	for i, v := range logits {
		if v-v != 0 { // neither NaN nor an infinity minus itself is 0
			return 0, &NotFiniteError{ID: int32(i), Logit: v}
		}
	}
	s.recent.penalize(logits, s.p.RepeatPenalty)
	if s.p.Temperature > 0 {
		return s.draw(logits, s.choose(logits)), nil
	}
	return greedy(logits), nil
}

// greedy is the token of the highest logit, the lowest id of equals.
func greedy(logits []float32) int32 {
	best := 0
	for i, v := range logits {
		if v > logits[best] {
			best = i
		}
	}
	return int32(best)
}

// draw picks one of the candidates by the probabilities that the temperature
// gives them.
func (s *Sampler) draw(logits []float32, ids []int32) int32 {
	highest := logits[ids[0]]
	for _, id := range ids {
		highest = max(highest, logits[id]) // ids have an order only where a filter needed one
	}
	weights := s.weights[:0]
	sum := 0.0
	for _, id := range ids {
		w := exp((float64(logits[id]) - float64(highest)) / float64(s.p.Temperature))
		weights = append(weights, w)
		sum += w
	}
	// 53 random bits are a float64 from 0 up to but not including 1.
	target := sum * (float64(s.random.Uint64()>>11) * (1.0 / (1 << 53)))
	run, chosen := 0.0, 0
	for i, w := range weights {
		if w == 0 {
			continue // not even where rounding lets the target reach the sum
		}
		chosen = i
		if run += w; run > target {
			break
		}
	}
	return ids[chosen]
}
