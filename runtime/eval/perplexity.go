package eval

import (
	"context"
	"errors"
	"fmt"
	"math"

	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
)

// Chunk is the record of a chunk: sums over the tokens that count.
type Chunk struct {
	Tokens  int     `json:"tokens"`
	Sum     float64 `json:"nll"`  // of -log p, natural
	Squares float64 `json:"nll2"` // of its squares
}

// Perplexity is e to the mean of -log p, and how far off that may be: one
// standard deviation of the mean.
type Perplexity struct {
	Tokens int
	Value  float64
	Error  float64
}

// Text is a text to measure perplexity on, cut into chunks of a context's length.
// The first half of a chunk only leads up to the second, which counts.
type Text struct {
	ids     []tokenizer.ID
	context int
	bos     tokenizer.ID // begins every chunk; None where the vocabulary adds none
}

// MinContext is the shortest context that leaves something to count.
const MinContext = 4

// NewText tokenizes a text.
func NewText(t *tokenizer.Tokenizer, text string, context int) (*Text, error) {
	if context < MinContext {
		return nil, fmt.Errorf("the context is %d: expected %d tokens or more", context, MinContext)
	}
	s := &Text{ids: t.Encode(text, false), context: context, bos: tokenizer.None}
	if t.AddsBOS() {
		s.bos = t.BOS()
	}
	if len(s.ids) < 2*context {
		return nil, fmt.Errorf("the text has %d tokens: expected at least %d, two chunks of %d", len(s.ids), 2*context, context)
	}
	return s, nil
}

// Chunks is how many chunks the text has; what is left at its end is not used.
func (s *Text) Chunks() int { return len(s.ids) / s.context }

// Tokens is how many tokens the whole text has.
func (s *Text) Tokens() int { return len(s.ids) }

// chunk is the tokens of chunk i. Its first one gives way to the beginning of
// sequence.
func (s *Text) chunk(i int) []tokenizer.ID {
	ids := append([]tokenizer.ID(nil), s.ids[i*s.context:(i+1)*s.context]...)
	if s.bos != tokenizer.None {
		ids[0] = s.bos
	}
	return ids
}

// Measure measures chunk i.
func (s *Text) Measure(ctx context.Context, m *llm.Session, i int) (Chunk, error) {
	// Counted are the predictions that positions from the middle on make.
	logprobs, err := m.Likelihood(ctx, s.chunk(i), s.context/2+1)
	if err != nil {
		return Chunk{}, err
	}
	c := Chunk{Tokens: len(logprobs)}
	for _, p := range logprobs {
		c.Sum -= p
		c.Squares += p * p
	}
	return c, nil
}

// Sum is what chunks come to.
func Sum(chunks []Chunk) (Perplexity, error) {
	var all Chunk
	for _, c := range chunks {
		all.Tokens += c.Tokens
		all.Sum += c.Sum
		all.Squares += c.Squares
	}
	if all.Tokens < 2 {
		return Perplexity{}, errors.New("nothing is measured yet")
	}
	n := float64(all.Tokens)
	mean := all.Sum / n
	p := Perplexity{Tokens: all.Tokens, Value: math.Exp(mean)}
	if variance := all.Squares/n - mean*mean; variance > 0 {
		p.Error = p.Value * math.Sqrt(variance/(n-1))
	}
	return p, nil
}
