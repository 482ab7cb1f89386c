package llm

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Each case is what a token takes with 1, 2, ... threads, in milliseconds.
func TestRace(t *testing.T) {
	for _, c := range []struct {
		name   string
		times  []float64
		want   int
		tokens int // until it is decided
	}{
		{"Pi 5, 0.5B Q4_0", []float64{30.8, 29.5, 34.0, 33.5}, 2, 4 * 32},
		{"Pi 4: the more the better", []float64{700, 400, 310, 290}, 4, 4*8 + 2*24},
		{"a tie goes to fewer threads", []float64{50, 20.5, 20, 20.1}, 2, 4*8 + 3*24},
		{"one is far ahead", []float64{10, 20, 30, 40}, 1, 4 * 8},
		{"all the same", []float64{10, 10}, 1, 2 * 32},
		{"one core", []float64{10}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 1))
			r := newRace(len(c.times))
			tokens := 0
			for !r.over() && tokens < 1000 {
				took := c.times[r.threads()-1] * (1 + 0.0002*float64(tokens)) // the context grows
				if random.IntN(8) == 0 {
					took *= 10 // something else had the core
				}
				r.took(time.Duration(took * float64(time.Millisecond)))
				tokens++
			}
			if r.threads() != c.want || tokens != c.tokens {
				t.Errorf("%d threads after %d tokens, want %d after %d", r.threads(), tokens, c.want, c.tokens)
			}
		})
	}
}
