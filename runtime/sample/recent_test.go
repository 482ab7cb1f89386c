package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRepeatPenalty(t *testing.T) {
	s := New(Params{RepeatPenalty: 2, LastN: 3}, 5)
	sample := func() int32 {
		t.Helper()
		id, err := s.Sample([]float32{8, 5, 4.5, -1, -3})
		if err != nil {
			t.Fatal(err)
		}
		s.Accept(id)
		return id
	}
	// Halved once they came, not twice: 8 -> 4, 5 -> 2.5, 4.5 -> 2.25. After three
	// more tokens a token's logit is its own again.
	var got []int32
	for range 8 {
		got = append(got, sample())
	}
	if want := []int32{0, 1, 2, 0, 0, 1, 2, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	logits := []float32{8, 5, 4.5, -1, -3}
	s = New(Params{RepeatPenalty: 2, LastN: 9}, 5)
	for _, id := range []int32{3, 0, 3, 3, 99, -1} { // ids out of range are nobody's
		s.Accept(id)
	}
	s.Sample(logits)
	if want := []float32{4, 5, 4.5, -2, -3}; !slices.Equal(logits, want) {
		t.Errorf("logits %v, want %v", logits, want)
	}

	for _, off := range []float32{0, 1, -2, float32(math.NaN())} {
		s := New(Params{RepeatPenalty: off}, 2)
		s.Accept(0)
		if id, _ := s.Sample([]float32{2, 1.9}); id != 0 {
			t.Errorf("penalty %v is not off", off)
		}
	}
}

// The window against one that keeps a plain list.
func TestRecent(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	r := newRecent(7)
	var list []int32
	for range 1000 {
		id := random.Int32N(5)
		r.push(id)
		list = append(list, id)
		want := map[int32]int{}
		for _, id := range list[max(0, len(list)-7):] {
			want[id]++
		}
		if len(r.seen) != len(want) {
			t.Fatalf("%v, want %v", r.seen, want)
		}
		for i, id := range r.seen {
			if r.times[i] != want[id] {
				t.Fatalf("token %d: %d times, want %d", id, r.times[i], want[id])
			}
		}
	}
}
