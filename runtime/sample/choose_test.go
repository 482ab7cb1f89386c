package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func logOf(p ...float64) []float32 {
	l := make([]float32, len(p))
	for i := range p {
		l[i] = float32(math.Log(p[i]))
	}
	return l
}

// Which tokens may be drawn, worked out by hand. Probabilities are those of the
// filters' order: top_k, then top_p of what is left, then min_p.
func TestChoose(t *testing.T) {
	ten := logOf(0.05, 0.3, 0.02, 0.2, 0.1, 0.01, 0.15, 0.07, 0.04, 0.06)
	for _, c := range []struct {
		name   string
		p      Params
		logits []float32
		want   []int32
	}{
		{"all off, in order of ids", Params{TopP: 1}, ten, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"top_k 3", Params{TopK: 3, TopP: 1}, ten, []int32{1, 3, 6}},
		{"top_k 1", Params{TopK: 1, TopP: 1}, ten, []int32{1}},
		{"top_k beyond the vocabulary", Params{TopK: 99, TopP: 1}, ten, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"top_k as large as the vocabulary", Params{TopK: 10, TopP: 1}, ten, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"top_k of equals takes the lowest ids", Params{TopK: 2, TopP: 1}, []float32{1, 1, 1, 1}, []int32{0, 1}},
		{"top_k with a tie at the border", Params{TopK: 2, TopP: 1}, []float32{0, 1, 2, 1, 1}, []int32{2, 1}},
		// 0.3 + 0.2 = 0.5 is not 0.51, + 0.15 is.
		{"top_p takes the token that reaches it", Params{TopP: 0.51}, ten, []int32{1, 3, 6}},
		{"top_p just below", Params{TopP: 0.49}, ten, []int32{1, 3}},
		{"top_p 0 leaves one", Params{TopP: 0}, ten, []int32{1}},
		{"top_p below 0 leaves one", Params{TopP: -1}, ten, []int32{1}},
		// Of 0.3, 0.2, 0.15 the first is 0.46 and the first two are 0.77.
		{"top_p judges what top_k left", Params{TopK: 3, TopP: 0.75}, ten, []int32{1, 3}},
		{"top_p beyond what top_k left", Params{TopK: 3, TopP: 0.78}, ten, []int32{1, 3, 6}},
		// A fifth of 0.3 is 0.06; the token with exactly that stays out or in by
		// rounding, so ask for a little less and a little more.
		{"min_p with room", Params{TopP: 1, MinP: 0.19}, ten, []int32{1, 3, 4, 6, 7, 9}},
		{"min_p", Params{TopP: 1, MinP: 0.21}, ten, []int32{1, 3, 4, 6, 7}},
		{"min_p after top_k, in falling order", Params{TopK: 9, TopP: 1, MinP: 0.21}, ten, []int32{1, 3, 6, 4, 7}},
		{"min_p after top_p", Params{TopP: 0.9, MinP: 0.6}, ten, []int32{1, 3}},
		{"min_p 1 leaves the equals of the first", Params{TopP: 1, MinP: 1}, []float32{2, 3, 3}, []int32{1, 2}},
		{"min_p above 1 too", Params{TopP: 1, MinP: 5}, []float32{2, 3, 3}, []int32{1, 2}},
		{"one token", Params{TopK: 40, TopP: 0.9, MinP: 0.1}, []float32{-3}, []int32{0}},
		{"highest floats", Params{TopK: 2, TopP: 0.9, MinP: 0.1}, []float32{-math.MaxFloat32, math.MaxFloat32, 0}, []int32{1}},
		// The temperature comes last, so it does not change who is in.
		{"a high temperature", Params{TopP: 0.51, Temperature: 100}, ten, []int32{1, 3, 6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.p.Temperature == 0 {
				c.p.Temperature = 1
			}
			s := New(c.p, len(c.logits))
			if got := s.choose(slices.Clone(c.logits)); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// plain does as choose, by sorting everything.
func plain(p Params, logits []float32) []int32 {
	ids := make([]int32, len(logits))
	for i := range ids {
		ids[i] = int32(i)
	}
	slices.SortStableFunc(ids, func(a, b int32) int {
		switch {
		case logits[a] > logits[b]:
			return -1
		case logits[a] < logits[b]:
			return 1
		}
		return 0
	})
	if p.TopK > 0 {
		ids = ids[:min(p.TopK, len(ids))]
	}
	highest := float64(logits[ids[0]])
	if p.TopP < 1 {
		sum, run := 0.0, 0.0
		for _, id := range ids {
			sum += math.Exp(float64(logits[id]) - highest)
		}
		for i, id := range ids {
			if run += math.Exp(float64(logits[id]) - highest); run >= float64(p.TopP)*sum {
				ids = ids[:i+1]
				break
			}
		}
	}
	if p.MinP > 0 {
		for i, id := range ids {
			if i > 0 && math.Exp(float64(logits[id])-highest) < float64(p.MinP) {
				ids = ids[:i]
				break
			}
		}
	}
	return ids
}

func TestChooseAsPlain(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, vocab := range []int{1, 2, 50, 255, 256, 257, 3000} {
		for _, spread := range []float32{0, 0.01, 1, 10} { // the first two sort the whole vocabulary
			for range 20 {
				logits := make([]float32, vocab)
				for i := range logits {
					logits[i] = float32(random.NormFloat64()) * spread
				}
				p := Params{Temperature: 1, TopK: random.IntN(80) - 20, TopP: float32(random.Float64() * 1.2), MinP: float32(random.Float64()*0.3 - 0.1)}
				want := plain(p, logits)
				got := slices.Clone(New(p, vocab).choose(logits))
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("%+v of %d, spread %v: %d tokens, want %d", p, vocab, spread, len(got), len(want))
				}
			}
		}
	}
}
