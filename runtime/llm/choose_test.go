package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"llamad/runtime/sample"
	"llamad/runtime/tokenizer"
)

// choose runs one choice to its end.
func choose(t testing.TB, m *Model, ctx context.Context, p Prompt, choices []string) (Result, error) {
	t.Helper()
	s, err := m.Session("")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, err := range s.Choose(ctx, encode(t, m, p), choices, ChooseOptions{Raw: p.Raw}) {
		if err != nil {
			return s.Result(), err
		}
	}
	return s.Result(), nil
}

// likelihood is that of a choice, computed as a text of its own.
func likelihood(t *testing.T, m *Model, prompt, choice []tokenizer.ID, ends bool) float64 {
	t.Helper()
	all := append(append([]tokenizer.ID(nil), prompt...), choice...)
	rows := logits(t, m, all)
	sum := 0.0
	for i, id := range choice {
		sum += float64(sample.LogSoftmax(nil, rows[len(prompt)+i-1])[id])
	}
	if ends {
		p := 0.0
		for id, v := range sample.LogSoftmax(nil, rows[len(all)-1]) {
			if m.tokens.IsEOG(tokenizer.ID(id)) {
				p += math.Exp(float64(v))
			}
		}
		sum += math.Log(p)
	}
	return sum
}

// Side by side behind one prompt, choices score what each scores alone.
func TestChooseScoresLikeEachAlone(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	choices := []string{"light.kitchen on", "light.kitchen off", "none", "no", "Yes, " + strings.Repeat("of course it is, ", 40)}
	for _, p := range []Prompt{
		{System: "Answer with one of: light.kitchen on, light.kitchen off, none.", Text: "It is dark in the kitchen."},
		{Text: "The light in the kitchen is", Raw: true},
	} {
		r, err := choose(t, m, t.Context(), p, choices)
		if err != nil {
			t.Fatal(err)
		}
		ids, total := encode(t, m, p), 0.0
		for i, s := range r.Scores {
			want := likelihood(t, m, ids, m.tokens.EncodeRest(choices[i]), !p.Raw)
			if s.Text != choices[i] || math.Abs(s.Logprob-want) > 0.02*math.Abs(want)+0.05 {
				t.Errorf("raw %v: %.20q scores %.3f, alone %.3f", p.Raw, s.Text, s.Logprob, want)
			}
			total += s.Probability
		}
		if len(r.Scores) != len(choices) || math.Abs(total-1) > 1e-9 || r.FinishReason != FinishStop || r.PromptTokens != len(ids) {
			t.Errorf("probabilities add up to %v, %+v", total, r)
		}
		best := slices.MaxFunc(r.Scores, func(a, b Score) int { return cmp.Compare(a.Logprob, b.Logprob) })
		if r.Text != best.Text {
			t.Errorf("%q was chosen, %q is likelier", r.Text, best.Text)
		}
	}
}

func TestChooseKnowsFrance(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	cities := []string{" Berlin", " Madrid", " Paris", " Rome"}
	r, err := choose(t, m, t.Context(), Prompt{Text: "The capital of France is", Raw: true}, cities)
	if err != nil || r.Text != " Paris" || r.CompletionTokens != 1 || r.Scores[2].Probability < 0.5 {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = choose(t, m, t.Context(), Prompt{Text: "The capital of Italy is", Raw: true}, cities)
	if err != nil || r.Text != " Rome" {
		t.Errorf("%+v, %v", r, err)
	}
	// The same prompt again is in the KV cache, the choices are not. Its last token
	// now goes through GEMV alone, which rounds otherwise.
	again, err := choose(t, m, t.Context(), Prompt{Text: "The capital of Italy is", Raw: true}, cities)
	if err != nil || again.Text != " Rome" || again.CachedTokens != again.PromptTokens-1 || math.Abs(again.Scores[3].Logprob-r.Scores[3].Logprob) > 0.25 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// Sixty-four choices fill several batches, and the context more than once.
func TestChooseFromMany(t *testing.T) {
	m := open(t, smolLM2(t), Options{Context: 256})
	var choices []string
	for i := range 64 {
		choices = append(choices, fmt.Sprintf("switch number %d in the hall", i))
	}
	p := Prompt{Text: "Which switch? It is switch number 41 in the hall."}
	r, err := choose(t, m, t.Context(), p, choices)
	if err != nil || r.Text != choices[41] {
		t.Fatalf("%q, %v", r.Text, err)
	}
	for _, i := range []int{0, 41, 63} {
		want := likelihood(t, m, encode(t, m, p), m.tokens.EncodeRest(choices[i]), true)
		if got := r.Scores[i].Logprob; math.Abs(got-want) > 0.02*math.Abs(want)+0.1 {
			t.Errorf("choice %d scores %.3f, alone %.3f", i, got, want)
		}
	}
}

func TestChooseEndsWithItsContext(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	p, choices := Prompt{Text: strings.Repeat("The kitchen light is on. ", 200)}, []string{"yes", "no"}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := choose(t, m, ctx, p, choices)
	if err != nil || r.FinishReason != FinishCancelled || r.Text != "" || r.Scores != nil {
		t.Errorf("cancelled: %+v, %v", r, err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if r, err = choose(t, m, ctx, p, choices); err != nil || r.FinishReason != FinishDeadline || r.Text != "" {
		t.Errorf("late: %+v, %v", r, err)
	}
}

func TestChooseRefuses(t *testing.T) {
	m := open(t, smolLM2(t), Options{Context: 64})
	p := Prompt{Text: question}
	var overflow *ContextError
	if _, err := choose(t, m, t.Context(), p, []string{"yes", strings.Repeat("no ", 64)}); !errors.As(err, &overflow) {
		t.Errorf("a choice beyond the context: %v", err)
	}
	for _, choices := range [][]string{nil, {"yes", ""}} {
		if _, err := choose(t, m, t.Context(), p, choices); err == nil {
			t.Errorf("%q: no error", choices)
		}
	}
}
