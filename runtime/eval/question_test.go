package eval

import (
	"math"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/llm"
)

// The scores of every format's questions are those of float64, and so is what
// they come to.
func TestScores(t *testing.T) {
	b := newBigram(t)
	m, s := b.open(t, llm.Options{})
	scorer := &Scorer{Tokens: m.Tokenizer(), Session: s, Context: m.Info().Context}
	for _, f := range taskFiles {
		var got, want Accuracy
		_, all := readTask(t, f.file)
		for i, p := range f.want {
			scores, err := scorer.Score(t.Context(), &all[i])
			if err != nil {
				t.Fatalf("%s:%d: %v", f.file, i+1, err)
			}
			var exact, norm []float64
			for j, text := range p.continuations {
				context := p.contexts[min(j, len(p.contexts)-1)]
				before := strings.TrimRight(context, " ")
				exact = append(exact, b.likelihood(before[len(before)-1], context[len(before):]+text))
				norm = append(norm, exact[j]/float64(p.characters[j]))
				if math.Abs(scores[j]-exact[j]) > 0.02*float64(len(text)) {
					t.Errorf("%s:%d: answer %d has %.3f, expected %.3f", f.file, i+1, j+1, scores[j], exact[j])
				}
			}
			got.Add(all[i].Judge(scores))
			want.Add(exact[p.right] == slices.Max(exact), norm[p.right] == slices.Max(norm))
		}
		if got != want || got.Questions != 2 {
			t.Errorf("%s: %+v, expected %+v", f.file, got, want)
		}
	}
}

// By hand: of -6, -4 and -9 the second is the likeliest; by 3, 1 and 9 characters
// they are -2, -4 and -1.
func TestJudge(t *testing.T) {
	answers := []Answer{{Characters: 3}, {Characters: 1}, {Characters: 9}}
	for right, want := range [][2]bool{{false, false}, {true, false}, {false, true}} {
		q := Question{answers, right}
		if acc, norm := q.Judge([]float64{-6, -4, -9}); [2]bool{acc, norm} != want {
			t.Errorf("right is %d: acc %v, acc_norm %v", right, acc, norm)
		}
		if acc, norm := q.Judge([]float64{-3, -3, -9}); acc != (right == 0) || norm != (right == 0) {
			t.Errorf("right is %d, of equals: acc %v, acc_norm %v", right, acc, norm)
		}
	}
	// 3 of 4: 0.75 with sqrt(0.75 * 0.25 / 3) = 0.25.
	if share, deviation := (&Accuracy{Questions: 4, Acc: 3}).Share(3); share != 0.75 || deviation != 0.25 {
		t.Errorf("3 of 4 are %v ± %v", share, deviation)
	}
}

// The tokens of a context and its continuation, as lm-evaluation-harness cuts them.
func TestEncodePair(t *testing.T) {
	m, _ := newBigram(t).open(t, llm.Options{Context: 32})
	s := &Scorer{Tokens: m.Tokenizer(), Context: 21}
	for _, c := range []struct{ context, continuation, before, text string }{
		{"Is it?", " yes", " Is it?", " yes"},
		{"Is it? \n", " yes", " Is it?", " \n yes"}, // white space moves over
		{"a longer question than fits", " yes", "n than fits", " yes"},
	} {
		before, text, err := s.encode(c.context, c.continuation)
		if err != nil || !slices.Equal(before, tokens(c.before)) || !slices.Equal(text, tokens(c.text)) {
			t.Errorf("%q, %q: %v %v, %v", c.context, c.continuation, before, text, err)
		}
	}
	for _, c := range [][2]string{{"", " yes"}, {"Is it?", ""}, {"Is it?", strings.Repeat("a", 21)}} {
		if _, _, err := s.encode(c[0], c[1]); err == nil {
			t.Errorf("%q: no error", c)
		}
	}
	s.BOS = true
	if before, _, err := s.encode("Is it?", " yes"); err != nil || before[0] != m.Tokenizer().BOS() || !slices.Equal(before[1:], tokens(" Is it?")) {
		t.Errorf("with the beginning: %v, %v", before, err)
	}
}
