package llm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"llamad/runtime/model"
	"llamad/runtime/sample"
	"llamad/runtime/tokenizer"
)

// What measures a model takes nothing over from prompts before it: the same
// tokens give the same numbers, whatever ran earlier.

// Likelihood gives the natural log-probabilities of the tokens ids[from:], each
// behind all that come before it. from is at least 1, since nothing predicts the
// first token.
//
// Errors are *ContextError, *ModelError and those of the context.
func (s *Session) Likelihood(ctx context.Context, ids []tokenizer.ID, from int) ([]float64, error) {
	if from < 1 || from >= len(ids) {
		return nil, fmt.Errorf("llm: the likelihood of %d tokens from number %d on", len(ids), from)
	}
	g := &generation{Model: s.model, Context: ctx, ids: ids[:len(ids)-1], checked: time.Now()}
	if err := g.enter(s.key, 0, 1); err != nil {
		return nil, err
	}
	g.forget()
	out := make([]float64, 0, len(ids)-from)
	var logprobs []float32
	for at := 0; at < len(g.ids); {
		// The rows before from-1 predict what nobody asked for.
		end, wanted := min(at+batchRows, len(g.ids)), model.All
		if at < from-1 {
			end, wanted = min(end, from-1), model.None
		}
		err := g.forward(g.ids[at:end], wanted, func(row int, logits []float32) error {
			logprobs = sample.LogSoftmax(logprobs, logits)
			p := float64(logprobs[ids[at+row+1]])
			if math.IsNaN(p) || math.IsInf(p, 0) {
				return errNoNumbers
			}
			out = append(out, p)
			return nil
		})
		if err != nil {
			return nil, err
		}
		at = end
	}
	return out, nil
}

// Continuations gives the natural log-probability of each text behind the prompt,
// the sum over its tokens. The prompt is computed once and the texts side by side
// behind it, as those of Choose.
//
// Errors are *ContextError, *ModelError and those of the context.
func (s *Session) Continuations(ctx context.Context, prompt []tokenizer.ID, texts [][]tokenizer.ID) ([]float64, error) {
	for _, ids := range texts {
		if len(ids) == 0 {
			return nil, errors.New("llm: the likelihood of an empty text")
		}
	}
	c := &choosing{generation: &generation{Model: s.model, Context: ctx, ids: prompt, checked: time.Now()}, texts: texts, whole: true}
	if err := c.sumUp(s.key); err != nil {
		return nil, err
	}
	return c.sums, nil
}

var errNoNumbers = &ModelError{errors.New("its scores are no numbers: the weights are damaged")}
