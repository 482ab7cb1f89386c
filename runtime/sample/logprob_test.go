package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLogSoftmax(t *testing.T) {
	for _, logits := range [][]float32{{0}, {1, 2, 3}, {-1000, 1000}, {1e38, -1e38, 1e38}, pseudo(3000, 2)} {
		given := slices.Clone(logits)
		got := LogSoftmax(nil, logits)
		if !slices.Equal(given, logits) {
			t.Error("logits changed")
		}
		sum := 0.0
		for i, v := range got {
			sum += math.Exp(float64(v))
			if diff := float64(v-got[0]) - float64(logits[i]-logits[0]); math.Abs(diff) > 1e-5*math.Abs(float64(logits[i]-logits[0]))+1e-5 {
				t.Errorf("difference %d is off by %v", i, diff)
			}
		}
		if math.Abs(sum-1) > 1e-5 {
			t.Errorf("probabilities sum to %v", sum)
		}
		if in := LogSoftmax(logits, logits); !slices.Equal(in, got) || &in[0] != &logits[0] {
			t.Error("not the same in place")
		}
	}
	if got := LogSoftmax(nil, []float32{0, 0, 0, 0}); got[3] != float32(-2*math.Ln2) {
		t.Errorf("a quarter is %v", got[3])
	}
	if got := LogSoftmax(nil, nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestTop(t *testing.T) {
	for _, c := range []struct {
		values []float32
		n      int
		want   []int32
	}{
		{[]float32{3, 1, 2}, 2, []int32{0, 2}},
		{[]float32{3, 1, 2}, 9, []int32{0, 2, 1}},
		{[]float32{3, 1, 2}, 0, nil},
		{[]float32{3, 1, 2}, -1, nil},
		{nil, 3, nil},
		{[]float32{1, 1, 2, 1, 2}, 4, []int32{2, 4, 0, 1}},
		{[]float32{float32(math.NaN()), 1, 2}, 1, []int32{0}}, // no number: anything but a panic
	} {
		var got []int32
		for _, x := range Top(make([]Candidate, 1), c.values, c.n) {
			got = append(got, x.ID)
			if v := c.values[x.ID]; v == v && x.Logprob != v {
				t.Errorf("token %d: %v, want %v", x.ID, x.Logprob, v)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d of %v: %v, want %v", c.n, c.values, got, c.want)
		}
	}
}

func TestTopAsSorted(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		values := make([]float32, 1+random.IntN(300))
		for i := range values {
			values[i] = float32(random.IntN(40))
		}
		ids := make([]int32, len(values))
		for i := range ids {
			ids[i] = int32(i)
		}
		slices.SortStableFunc(ids, func(a, b int32) int { return int(values[b] - values[a]) })
		n := random.IntN(len(values) + 1)
		if got := top(nil, values, n); !slices.Equal(got, ids[:n]) {
			t.Fatalf("%d of %v: %v, want %v", n, values, got, ids[:n])
		}
	}
}

func TestLogprobsAllocateNothing(t *testing.T) {
	logits := pseudo(5000, 1)
	all, best := LogSoftmax(nil, logits), make([]Candidate, 0, 20)
	if n := testing.AllocsPerRun(20, func() {
		all = LogSoftmax(all, logits)
		best = Top(best, all, 20)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
