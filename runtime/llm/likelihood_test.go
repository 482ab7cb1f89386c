package llm

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"llamad/runtime/sample"
	"llamad/runtime/tokenizer"
)

// Tokens are as likely as exact arithmetic on the same weights says, where the
// reference lists them among its 64 likeliest.
func TestLikelihoodIsExact(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	p := prompts(t)[5]
	got, err := session(t, m).Likelihood(t.Context(), p.Tokens, 1)
	if err != nil || len(got) != len(p.Tokens)-1 {
		t.Fatal(len(got), err)
	}
	var sum, want float64
	n := 0
	for i, top := range p.Top64[:len(got)] {
		at := slices.IndexFunc(top, func(pair [2]float64) bool { return int(pair[0]) == int(p.Tokens[i+1]) })
		if at >= 0 {
			sum, want, n = sum+got[i], want+top[at][1], n+1
		}
	}
	if n < 10 || math.Abs(sum-want) > 0.05*float64(n) {
		t.Errorf("%d tokens have a log-probability of %.3f, exactly %.3f", n, sum, want)
	}
}

// From wherever it is asked for, beyond a batch or in the middle of one, a token
// is as likely as the logits before it say.
func TestLikelihoodFrom(t *testing.T) {
	m := open(t, writeShape(t, &tinyShape, "Q8_0"), Options{})
	ids := []tokenizer.ID{1}
	for i := range 2*batchRows - 16 {
		ids = append(ids, tokenizer.ID(3+(i*i)%200))
	}
	rows := logits(t, m, ids)
	s := session(t, m)
	for _, from := range []int{1, 2, batchRows, batchRows + 1, batchRows + 2, 200, len(ids) - 1} {
		got, err := s.Likelihood(t.Context(), ids, from)
		if err != nil || len(got) != len(ids)-from {
			t.Fatalf("from %d: %d log-probabilities, %v", from, len(got), err)
		}
		for i, p := range got {
			if want := float64(sample.LogSoftmax(nil, rows[from+i-1])[ids[from+i]]); math.Abs(p-want) > 0.02 {
				t.Errorf("from %d: token %d has %.4f, want %.4f", from, from+i, p, want)
			}
		}
	}
	again, err := s.Likelihood(t.Context(), ids, 200)
	if first, _ := s.Likelihood(t.Context(), ids, 200); err != nil || !slices.Equal(first, again) {
		t.Errorf("the same tokens give other numbers the second time: %v", err)
	}
}

// Side by side, texts are as likely as each is alone; nothing ends them.
func TestContinuations(t *testing.T) {
	m := open(t, writeShape(t, &tinyShape, "Q8_0"), Options{})
	prompt := []tokenizer.ID{1, 50, 60, 70, 80}
	texts := [][]tokenizer.ID{{10}, {20, 30, 40}, {20, 30, 41, 42, 43}}
	got, err := session(t, m).Continuations(t.Context(), prompt, texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if want := likelihood(t, m, prompt, text, false); math.Abs(got[i]-want) > 0.02*float64(len(text)) {
			t.Errorf("text %d has %.4f, alone %.4f", i, got[i], want)
		}
	}
}

func TestLikelihoodRefuses(t *testing.T) {
	m := open(t, writeShape(t, &tinyShape, "Q8_0"), Options{Context: 16})
	s := session(t, m)
	ids := make([]tokenizer.ID, 17) // the last one is only predicted
	if _, err := s.Likelihood(t.Context(), ids, 16); err != nil {
		t.Error(err)
	}
	for _, from := range []int{-1, 0, 17} {
		if _, err := s.Likelihood(t.Context(), ids, from); err == nil {
			t.Errorf("from %d: no error", from)
		}
	}
	var overflow *ContextError
	if _, err := s.Likelihood(t.Context(), make([]tokenizer.ID, 18), 1); !errors.As(err, &overflow) {
		t.Errorf("beyond the context: %v", err)
	}
	if _, err := s.Continuations(t.Context(), ids, [][]tokenizer.ID{{3}}); !errors.As(err, &overflow) {
		t.Errorf("a text beyond the context: %v", err)
	}
	if _, err := s.Continuations(t.Context(), ids[:3], [][]tokenizer.ID{{3}, nil}); err == nil {
		t.Error("an empty text: no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Likelihood(ctx, ids, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := s.Continuations(ctx, ids[:3], [][]tokenizer.ID{{3}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func session(t *testing.T, m *Model) *Session {
	t.Helper()
	s, err := m.Session("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
