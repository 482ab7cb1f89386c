package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestUnpackFloatTails fills panels of floats of any number of columns, which no
// matrix of today's models has.
func TestUnpackFloatTails(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			for cols := 1; cols < 40 && !f.Integer(); cols++ {
				r := rand.New(rand.NewPCG(6, uint64(cols)))
				at, stride := edges[cols%len(edges)], f.RowBytes(cols)
				w := weightCases[0].weights(t, r, at, f, s.PanelRows, cols, stride)
				got := &Panel{Cols: cols, F: guarded[float32](t, at, s.PanelRows*cols)}
				s.Unpack[f.Type](got, w, stride)
				want := make([]float32, cols)
				for row := range s.PanelRows {
					f.Dequantize(want, w[row*stride:])
					for c := range cols {
						at := row/4*4*cols + c*4 + row%4
						if s == &Portable {
							at = row*cols + c
						}
						if got.F[at] != want[c] {
							t.Fatalf("%s, %d columns: row %d, column %d is %v, want %v", f.Name, cols, row, c, got.F[at], want[c])
						}
					}
				}
			}
		}
	})
}
