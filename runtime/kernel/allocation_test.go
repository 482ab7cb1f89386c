package kernel

import (
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

// TestAllocations runs what a token runs and wants nothing allocated.
func TestAllocations(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(8, 9))
		const dim = 64
		x, k := randomFloats(t, r, back, dim), guarded[uint16](t, back, 8*dim)
		scores := guarded[float32](t, back, 8)
		row := quant.RowOver(make([]int8, dim), make([]float32, quant.RowFloats(dim)), dim)
		check := func(what string, f func()) {
			f() // fills pools
			if n := testing.AllocsPerRun(10, f); n >= 1 {
				t.Errorf("%s allocates %v times a call", what, n)
			}
		}
		check("a vector function", func() {
			s.Quantize(&row, x)
			s.Scores(scores, x, k, dim)
			s.Softmax(scores, 0.1)
			s.Mix(x, scores, k, dim)
			s.Narrow(k[:dim], x)
			s.RMSNorm(x, x, x, 1e-5)
			s.RopePairs(x, x)
			s.RopeHalves(x, x)
			s.SwiGLU(x, x)
			s.Add(x, x)
		})
		for _, f := range testFormats {
			b := newBatch(t, s, f, &weightCases[0], &rowCases[0], back, 2*s.PanelRows+1, 256, 5)
			check(f.Name, func() {
				s.MulRow(b.y, &b.m, &b.rows[0], 0, b.m.Rows)
				s.MulRows(b.y, b.ldy, &b.m, &b.tiles, 0, b.m.Rows, b.panel)
			})
		}
	})
}
