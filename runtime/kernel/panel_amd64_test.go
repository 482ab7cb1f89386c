package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"llamad/runtime/quant"
)

// TestPanels holds the panels of this architecture to their layout: values
// [group][word][row][4] with their bias, scales and minimums [group][row].
func TestPanels(t *testing.T) {
	for _, s := range assembly() {
		if !s.Usable {
			continue
		}
		for _, f := range quant.Formats() {
			if !f.Integer() {
				continue
			}
			for _, cols := range []int{256, 512} {
				r := rand.New(rand.NewPCG(6, uint64(cols)))
				w := weightCases[0].weights(t, r, back, f, s.PanelRows, cols, f.RowBytes(cols))
				q, floats := s.PanelSize()
				got := s.NewPanel(make([]int8, q), make([]float32, floats))
				got.Format, got.Cols = f, cols
				s.Unpack[f.Type](got, w, f.RowBytes(cols))
				want := panelOfWords(s, f, w, cols)
				groups := s.PanelRows * cols / f.Group
				if !slices.Equal(got.Q[:s.PanelRows*cols], want.Q) {
					t.Errorf("%s, %s, %d columns: values differ", s.Name, f.Name, cols)
				}
				if !slices.Equal(got.Scale[:groups], want.Scale) || f.HasMin && !slices.Equal(got.Min[:groups], want.Min) {
					t.Errorf("%s, %s, %d columns: scales or minimums differ", s.Name, f.Name, cols)
				}
			}
		}
	}
}

func panelOfWords(s *Set, f *quant.Format, w []byte, cols int) *Panel {
	rows, groups := s.PanelRows, cols/f.Group
	p := &Panel{Q: make([]int8, rows*cols), Scale: make([]float32, rows*groups), Min: make([]float32, rows*groups)}
	bias := s.WeightBias
	if f.HasMin || !f.Narrow && bias < 128 {
		bias = 0
	}
	q, scale, min := make([]int8, cols), make([]float32, groups), make([]float32, groups)
	for r := range rows {
		f.Unpack(q, scale, min, w[r*f.RowBytes(cols):])
		for i, v := range q {
			p.Q[(i/4*rows+r)*4+i%4] = v + int8(bias)
		}
		for g := range groups {
			p.Scale[g*rows+r], p.Min[g*rows+r] = scale[g], min[g]
		}
	}
	return p
}

// TestFloatPanels does the same for [column][row] of any number of columns.
func TestFloatPanels(t *testing.T) {
	for _, s := range assembly() {
		for _, f := range quant.Formats() {
			for cols := 1; cols < 40 && s.Usable && !f.Integer(); cols++ {
				r := rand.New(rand.NewPCG(6, uint64(cols)))
				at, stride := edges[cols%len(edges)], f.RowBytes(cols)
				w := weightCases[0].weights(t, r, at, f, s.PanelRows, cols, stride)
				got := &Panel{Cols: cols, F: guarded[float32](t, at, s.PanelRows*cols)}
				s.Unpack[f.Type](got, w, stride)
				want := make([]float32, cols)
				for row := range s.PanelRows {
					f.Dequantize(want, w[row*stride:])
					for c := range cols {
						if v := got.F[c*s.PanelRows+row]; v != want[c] {
							t.Fatalf("%s, %s, %d columns: row %d, column %d is %v, want %v", s.Name, f.Name, cols, row, c, v, want[c])
						}
					}
				}
			}
		}
	}
}
