package sample

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGreedy(t *testing.T) {
	for _, temperature := range []float32{0, -1, float32(math.NaN())} {
		s := New(Params{Temperature: temperature, TopK: 2, TopP: 0.1, Seed: 5}, 4)
		for range 3 {
			if id, err := s.Sample([]float32{1, 3, 3, 2}); id != 1 || err != nil {
				t.Errorf("temperature %v: %d, %v", temperature, id, err)
			}
		}
	}
}

// A mask is laid over the logits, and nothing that it forbids is ever drawn.
func TestMasked(t *testing.T) {
	for _, p := range []Params{
		{},
		{Temperature: 1, TopP: 1},
		{Temperature: 1e6, TopP: 1, TopK: 3},
		{Temperature: 2, TopP: 0.99, RepeatPenalty: 1e-3},
	} {
		s := New(p, 5)
		for range 2000 {
			logits := []float32{-math.MaxFloat32, 1, -math.MaxFloat32, 0.5, -math.MaxFloat32}
			id, err := s.Sample(logits)
			if err != nil || id != 1 && id != 3 {
				t.Fatalf("%+v: %d, %v", p, id, err)
			}
			s.Accept(id)
		}
	}
}

func TestNotFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, bad := range []float32{float32(math.NaN()), inf, -inf} {
		for at := range 3 {
			logits := []float32{1, 2, 3}
			logits[at] = bad
			_, err := New(Params{Temperature: float32(at)}, 3).Sample(logits)
			var e *NotFiniteError
			if !errors.As(err, &e) || e.ID != int32(at) || math.Float32bits(e.Logit) != math.Float32bits(bad) {
				t.Errorf("%v at %d: %v", bad, at, err)
			}
		}
	}
	want := "the logit of token 2 is +Inf, expected a finite number"
	if _, err := New(Params{}, 3).Sample([]float32{1, 2, inf}); err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
	if _, err := New(Params{}, 3).Sample(nil); err == nil {
		t.Error("no logits: no error")
	}
}

// Nobody lets such values through, but none of them may panic.
func TestHostileParams(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	values := []float32{nan, inf, -inf, 0, -1, 1e-45, math.MaxFloat32}
	for _, logits := range [][]float32{{0}, {1, 2, 3}, {-math.MaxFloat32, math.MaxFloat32, 0}, {0, 0, 0}} {
		for _, a := range values {
			for _, b := range values {
				for _, k := range []int{math.MinInt, 0, 2, math.MaxInt} {
					for _, p := range []Params{
						{Temperature: a, TopP: b, TopK: k, MinP: a},
						{Temperature: 1, TopP: a, TopK: k, MinP: b},
						{Temperature: a, RepeatPenalty: b, TopK: k},
					} {
						s := New(p, len(logits))
						for id := range logits {
							s.Accept(int32(id))
						}
						id, err := s.Sample(slices.Clone(logits))
						if err != nil || id < 0 || int(id) >= len(logits) {
							t.Fatalf("%+v: %d, %v", p, id, err)
						}
					}
				}
			}
		}
	}
}

// Frequencies of many draws, against the probabilities; a fixed seed, so that a
// test which passes once passes always.
func TestDistribution(t *testing.T) {
	weights := []float64{0.4, 0.1, 0.25, 0.05, 0.2}
	for _, c := range []struct {
		name string
		p    Params
		want []float64
	}{
		{"temperature 1", Params{Temperature: 1, TopP: 1}, weights},
		{"top_k", Params{Temperature: 1, TopP: 1, TopK: 2}, []float64{0.4 / 0.65, 0, 0.25 / 0.65, 0, 0}},
		// Squares over their sum, 0.275.
		{"temperature 0.5", Params{Temperature: 0.5, TopP: 1}, []float64{0.16 / 0.275, 0.01 / 0.275, 0.0625 / 0.275, 0.0025 / 0.275, 0.04 / 0.275}},
		{"temperature without end", Params{Temperature: 1e30, TopP: 0.8}, []float64{1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3}},
		// Square roots of the two that stay, 0.632 and 0.5, over their sum.
		{"temperature 2 after min_p", Params{Temperature: 2, TopP: 1, MinP: 0.6}, []float64{0.558482, 0, 0.441518, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			const n = 40000
			c.p.Seed = 11
			s := New(c.p, len(weights))
			counts := make([]float64, len(weights))
			for range n {
				id, err := s.Sample(logOf(weights...))
				if err != nil {
					t.Fatal(err)
				}
				counts[id]++
			}
			for i, want := range c.want {
				sigma := math.Sqrt(want * (1 - want) / n)
				if got := counts[i] / n; math.Abs(got-want) > 3.5*sigma {
					t.Errorf("token %d: %.4f, want %.4f +- %.4f", i, got, want, sigma)
				}
			}
		})
	}
}

// pseudo are logits made of integers alone, the same on every machine.
func pseudo(n int, seed uint64) []float32 {
	random := rand.NewPCG(seed, 0)
	l := make([]float32, n)
	for i := range l {
		l[i] = float32(int32(random.Uint64())>>12) / (1 << 16) // [-8, 8)
	}
	return l
}

// What a seed gives is a promise: it may not differ between architectures, nor
// change with a release.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		p    Params
		want []int32
	}{
		{Params{Temperature: 0.3, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1.1, Seed: 1}, []int32{4104, 4812, 4979, 377, 3008, 163, 4068, 3157}},
		{Params{Temperature: 0.3, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1.1, Seed: 2}, []int32{529, 3937, 3289, 1826, 1416, 3265, 302, 4998}},
		{Params{Temperature: 0.8, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1, Seed: 1 << 63}, []int32{3042, 4104, 3498, 3079, 1701, 4983, 200, 2144}},
		{Params{Temperature: 1, TopP: 0.9, Seed: 3}, []int32{2037, 844, 974, 4729, 3990, 3148, 3483, 4354}},
		{Params{Temperature: 1.5, TopP: 1, Seed: 4}, []int32{4795, 3827, 3857, 3859, 4316, 4265, 1460, 2484}},
		{Params{Temperature: 1.5, TopP: 1, MinP: 0.1, Seed: 5}, []int32{145, 1998, 3034, 3310, 4514, 3376, 1390, 1997}},
		{Params{Temperature: 0, RepeatPenalty: 1.3}, []int32{4104, 3019, 3289, 4016, 160, 544, 163, 641}},
	} {
		t.Run(fmt.Sprintf("%+v", c.p), func(t *testing.T) {
			s := New(c.p, 5000)
			var got []int32
			for step := range uint64(8) {
				id, err := s.Sample(pseudo(5000, step/2))
				if err != nil {
					t.Fatal(err)
				}
				s.Accept(id)
				got = append(got, id)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %#v, want %v", got, c.want)
			}
		})
	}
}

func TestSampleAllocatesNothing(t *testing.T) {
	const vocab = 5000
	logits, work := pseudo(vocab, 1), make([]float32, vocab)
	for _, p := range []Params{
		{},
		{Temperature: 0.3, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1.1},
		{Temperature: 1, TopP: 1},
		{Temperature: 1, TopP: 0.95},
		{Temperature: 1, TopP: 0.999999, RepeatPenalty: 2, LastN: 1000},
	} {
		s := New(p, vocab)
		if n := testing.AllocsPerRun(50, func() {
			copy(work, logits)
			id, _ := s.Sample(work)
			s.Accept(id)
		}); n != 0 {
			t.Errorf("%+v: %v allocations", p, n)
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for _, vocab := range []int{32000, 49152, 151936} {
		for name, p := range map[string]Params{
			"default":  {Temperature: 0.3, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1.1},
			"no_top_k": {Temperature: 0.8, TopP: 0.95, MinP: 0.05},
			"greedy":   {},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, vocab), func(b *testing.B) {
				logits, work := bell(vocab), make([]float32, vocab)
				s := New(p, vocab)
				for b.Loop() {
					copy(work, logits)
					s.Sample(work)
				}
			})
		}
	}
}

// bell are logits as a model has them: most in the middle, few far above.
func bell(n int) []float32 {
	random := rand.New(rand.NewPCG(9, 10))
	l := make([]float32, n)
	for i := range l {
		l[i] = float32(random.NormFloat64() * 3)
	}
	return l
}
