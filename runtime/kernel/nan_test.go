package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestNotANumber puts a NaN or an infinity into a row, at every place: it must
// show where it shows in the portable result, and must not elsewhere.
func TestNotANumber(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, n := range []int{1, 7, 8, 9, 16, 37} {
			for at := range n {
				for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					r := rand.New(rand.NewPCG(10, uint64(n)))
					x, u := randomFloats(t, r, back, n), randomFloats(t, r, back, n)
					x[at] = float32(v)
					for _, c := range []struct {
						name           string
						call, portable func(x []float32)
					}{
						{"Softmax", func(x []float32) { s.Softmax(x, 0.5) }, func(x []float32) { Portable.Softmax(x, 0.5) }},
						{"SwiGLU", func(x []float32) { s.SwiGLU(x, u) }, func(x []float32) { Portable.SwiGLU(x, u) }},
						{"Add", func(x []float32) { s.Add(x, u) }, func(x []float32) { Portable.Add(x, u) }},
						{"RMSNorm", func(x []float32) { s.RMSNorm(x, x, u, 1e-5) }, func(x []float32) { Portable.RMSNorm(x, x, u, 1e-5) }},
					} {
						got, want := copyOf(t, back, x), append([]float32(nil), x...)
						c.call(got)
						c.portable(want)
						compare(t, c.name, got, want, 1)
					}
				}
			}
		}
	})
}
