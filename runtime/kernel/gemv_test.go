package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

// gemv multiplies rows of one case with activations of another and checks every
// result and what lies behind them.
func gemv(t *testing.T, s *Set, f *quant.Format, wc *weightCase, rc *rowCase, at edge, rows, cols, gap int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
	stride := f.RowBytes(cols) + gap
	w, x := wc.weights(t, r, at, f, rows, cols, stride), rc.row(t, r, at, cols)
	y := sentinels(t, at, rows)
	pollute(s)
	s.Gemv[f.Type](y, w, stride, &x)
	for i, got := range y {
		what := fmt.Sprintf("%s, %s by %s, %v, row %d of %d, %d columns", f.Name, wc.name, rc.name, at, i, rows, cols)
		checkDot(t, what, f, w[i*stride:][:f.RowBytes(cols)], &x, got, wc.name == "unit" && rc.name == "unit")
	}
}

func TestGemvShapes(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			block := max(f.BlockLen, quant.ActivationGroup)
			for rows := 1; rows <= 9; rows++ {
				gemv(t, s, f, &weightCases[0], &rowCases[0], back, rows, block, 0)
			}
			for blocks := 2; blocks <= 9; blocks++ {
				gemv(t, s, f, &weightCases[0], &rowCases[0], edges[blocks%len(edges)], 4+blocks%2, blocks*block, 0)
			}
			gemv(t, s, f, &weightCases[0], &rowCases[0], front, 8, 2*block, 6*f.BlockBytes)
		}
	})
}

func TestGemvExtremes(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			for i := range weightCases {
				for j := range rowCases {
					gemv(t, s, f, &weightCases[i], &rowCases[j], edges[(i+j)%len(edges)], 4, 256, 0)
				}
			}
		}
	})
}

// A result must not depend on which rows share a call: the number of threads
// decides that.
func TestMulRowSplits(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, f := range testFormats {
			const rows, cols = 45, 512
			m := Matrix{Format: f, Rows: rows, Cols: cols, Data: weightCases[0].weights(t, r, back, f, rows, cols, f.RowBytes(cols))}
			x := rowCases[0].row(t, r, back, cols)
			var want, got [rows]float32
			s.MulRow(want[:], &m, &x, 0, rows)
			for workers := 2; workers <= 5; workers++ {
				for i := range workers {
					from, to := s.Share(rows, i, workers)
					s.MulRow(got[:], &m, &x, from, to)
				}
				if got != want {
					t.Errorf("%s: %d workers get another result than one", f.Name, workers)
				}
			}
		}
	})
}
