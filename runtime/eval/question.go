package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
)

// Question has several answers, of which one is right.
type Question struct {
	Answers []Answer
	Right   int
}

// Answer is what the model would write: a continuation behind a context.
type Answer struct {
	Context, Continuation string
	Characters            int // of the answer itself, which acc_norm divides by
}

// Scorer computes how likely answers are. Text becomes tokens as
// lm-evaluation-harness has it: white space at the end of a context belongs to
// the continuation, whose tokens are those that both together have behind the
// context's own.
type Scorer struct {
	Tokens  *tokenizer.Tokenizer
	Session *llm.Session
	Context int  // positions; of a longer context the end stays
	BOS     bool // begin with the beginning of sequence, where the vocabulary adds one
}

// Score gives the log-likelihood of each answer. Answers with a context in common
// cost its prefill once.
func (s *Scorer) Score(ctx context.Context, q *Question) ([]float64, error) {
	var scores []float64
	var head []tokenizer.ID
	var texts [][]tokenizer.ID
	flush := func() error {
		if texts == nil {
			return nil
		}
		sums, err := s.Session.Continuations(ctx, head, texts)
		scores, texts = append(scores, sums...), nil
		return err
	}
	for _, a := range q.Answers {
		before, text, err := s.encode(a.Context, a.Continuation)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(before, head) {
			if err := flush(); err != nil {
				return nil, err
			}
		}
		head, texts = before, append(texts, text)
	}
	return scores, flush()
}

// encode is the tokens of a context and of what continues it.
func (s *Scorer) encode(context, continuation string) (before, text []tokenizer.ID, err error) {
	end := len(strings.TrimRightFunc(context, unicode.IsSpace))
	context, continuation = context[:end], context[end:]+continuation
	before, whole := s.text(context), s.text(context+continuation)
	if len(whole) <= len(before) {
		return nil, nil, fmt.Errorf("the answer %q has no tokens of its own behind its question", continuation)
	}
	text = whole[len(before):]
	if len(text) >= s.Context {
		return nil, nil, fmt.Errorf("an answer has %d tokens: expected fewer than the context's %d", len(text), s.Context)
	}
	if len(before) == 0 {
		return nil, nil, errors.New("a question is empty")
	}
	return before[max(0, len(before)+len(text)-s.Context):], text, nil
}

func (s *Scorer) text(text string) []tokenizer.ID {
	ids := s.Tokens.EncodeBare(text)
	if s.BOS && s.Tokens.AddsBOS() {
		ids = slices.Insert(ids, 0, s.Tokens.BOS())
	}
	return ids
}

// Judge says whether the likeliest answer is the right one, and whether the one
// that is likeliest by character is. Of equals the first counts.
func (q *Question) Judge(scores []float64) (acc, norm bool) {
	best, bestNorm := 0, 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
		if s/float64(q.Answers[i].Characters) > scores[bestNorm]/float64(q.Answers[bestNorm].Characters) {
			bestNorm = i
		}
	}
	return best == q.Right, bestNorm == q.Right
}

// Accuracy is which share of the questions a model answers right, from 0 to 1.
type Accuracy struct {
	Questions int
	Acc, Norm int // how many are right, by likelihood and by likelihood per character
}

// Add counts an answer.
func (a *Accuracy) Add(acc, norm bool) {
	a.Questions++
	if acc {
		a.Acc++
	}
	if norm {
		a.Norm++
	}
}

// Share is what n of the questions come to, with the standard error of it.
func (a *Accuracy) Share(n int) (share, deviation float64) {
	share = float64(n) / float64(a.Questions)
	if a.Questions > 1 {
		deviation = math.Sqrt(share * (1 - share) / float64(a.Questions-1))
	}
	return share, deviation
}
