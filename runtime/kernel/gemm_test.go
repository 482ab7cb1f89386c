package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

// batch is everything of one multiplication through panels and tiles.
type batch struct {
	set    *Set
	m      Matrix
	rows   []quant.Row
	tiles  Tiles
	panel  *Panel
	ldy    int
	y      []float32
	exact  bool
	labels string
}

func newBatch(t *testing.T, s *Set, f *quant.Format, wc *weightCase, rc *rowCase, at edge, rows, cols, tokens int) *batch {
	r := rand.New(rand.NewPCG(uint64(rows*cols), uint64(tokens)))
	b := &batch{set: s, ldy: rows + 5, exact: wc.name == "unit" && rc.name == "unit",
		labels: fmt.Sprintf("%s, %s by %s, %v, %d rows, %d columns, %d tokens", f.Name, wc.name, rc.name, at, rows, cols, tokens)}
	b.m = Matrix{Format: f, Rows: rows, Cols: cols, Data: wc.weights(t, r, at, f, rows, cols, f.RowBytes(cols))}
	for range tokens {
		b.rows = append(b.rows, rc.row(t, r, at, cols))
	}
	q, scales := s.TilesSize(tokens, cols)
	s.LayTiles(&b.tiles, b.rows, cols, guarded[int8](t, at, q), guarded[float32](t, at, scales), guarded[float32](t, at, q))
	for i := range s.TileCount(tokens) {
		s.Pack(&b.tiles, i)
		s.PackFloat(&b.tiles, i)
	}
	pq, pf := s.PanelSize()
	b.panel = s.NewPanel(guarded[int8](t, at, pq), guarded[float32](t, at, pf))
	b.y = sentinels(t, at, (s.TileCount(tokens)*s.TileRows-1)*b.ldy+rows)
	return b
}

// check compares rows from to to of every token, and looks at the gaps between
// the tokens' rows.
func (b *batch) check(t *testing.T, from, to int) {
	t.Helper()
	stride := b.m.Format.RowBytes(b.m.Cols)
	for i := range b.rows {
		for r := from; r < to; r++ {
			what := fmt.Sprintf("%s: row %d of token %d", b.labels, r, i)
			checkDot(t, what, b.m.Format, b.m.Data[r*stride:][:stride], &b.rows[i], b.y[i*b.ldy+r], b.exact)
		}
		for r := range b.ldy {
			if at := i*b.ldy + r; (r < from || r >= to) && at < len(b.y) && b.y[at] != sentinel {
				t.Errorf("%s: y[%d][%d] was overwritten", b.labels, i, r)
			}
		}
	}
}

func mulRows(t *testing.T, s *Set, f *quant.Format, wc *weightCase, rc *rowCase, at edge, rows, cols, tokens int) {
	t.Helper()
	b := newBatch(t, s, f, wc, rc, at, rows, cols, tokens)
	pollute(s)
	s.MulRows(b.y, b.ldy, &b.m, &b.tiles, 0, rows, b.panel)
	b.check(t, 0, rows)
}

func TestMulRowsShapes(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			block := max(f.BlockLen, quant.ActivationGroup)
			for tokens := 1; tokens <= 9; tokens++ {
				mulRows(t, s, f, &weightCases[0], &rowCases[0], edges[tokens%len(edges)], s.PanelRows, block, tokens)
			}
			for rows := 1; rows < 2*s.PanelRows+2; rows += 3 {
				mulRows(t, s, f, &weightCases[0], &rowCases[0], back, rows, 2*block, 2)
			}
			for _, cols := range []int{3 * block, s.KBlock, s.KBlock + block, 2*s.KBlock + 256} {
				mulRows(t, s, f, &weightCases[0], &rowCases[0], back, s.PanelRows, cols, 1+cols/block%2)
			}
		}
	})
}

func TestMulRowsExtremes(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			for i := range weightCases {
				for j := range rowCases {
					mulRows(t, s, f, &weightCases[i], &rowCases[j], back, s.PanelRows, 256, 3)
				}
			}
		}
	})
}

// TestMulRowsShare computes an inner part of the rows, as one of several
// workers does, and leaves the others alone.
func TestMulRowsShare(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			rows := 4*s.PanelRows + 3
			for worker := range 3 {
				b := newBatch(t, s, f, &weightCases[0], &rowCases[0], back, rows, 256, s.TileRows+1)
				from, to := s.Share(rows, worker, 3)
				pollute(s)
				s.MulRows(b.y, b.ldy, &b.m, &b.tiles, from, to, b.panel)
				b.check(t, from, to)
			}
		}
	})
}

// TestGemmAdds multiplies the columns in two parts, the second added to the
// first, and the tiles in two calls.
func TestGemmAdds(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range testFormats {
			const cols = 768
			b := newBatch(t, s, f, &weightCases[1], &rowCases[1], back, s.PanelRows, cols, 3*s.TileRows)
			gemm := s.Gemm
			if !f.Integer() {
				gemm = s.GemmFloat
			}
			for _, col := range []int{0, 256} {
				b.panel.Format, b.panel.Cols = f, []int{256, 512}[col/256]
				pollute(s)
				s.Unpack[f.Type](b.panel, b.m.Data[f.RowBytes(col):], f.RowBytes(cols))
				pollute(s)
				gemm(b.y, b.ldy, b.panel, &b.tiles, col, 0, 1, col > 0)
				gemm(b.y, b.ldy, b.panel, &b.tiles, col, 1, 3, col > 0)
			}
			b.check(t, 0, s.PanelRows)
		}
	})
}

// TestUnpackColumns multiplies a panel of columns, of any length, with tiles of
// floats: attention's mix of values.
func TestUnpackColumns(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, at := range edges {
			for cols := 1; cols < 40; cols++ {
				stride := s.PanelRows + 8*(cols%3)
				v := guarded[uint16](t, at, (cols-1)*stride+s.PanelRows)
				for i := range v {
					v[i] = randomScale(r)
				}
				tokens := 1 + cols%7
				rows := make([]quant.Row, tokens)
				for i := range rows {
					rows[i].X = randomFloats(t, r, at, cols)
				}
				var tiles Tiles
				q, _ := s.TilesSize(tokens, cols)
				s.LayTiles(&tiles, rows, cols, nil, nil, guarded[float32](t, at, q))
				for i := range s.TileCount(tokens) {
					s.PackFloat(&tiles, i)
				}
				panel := &Panel{Cols: cols, F: guarded[float32](t, at, s.PanelRows*cols)}
				// A caller may give v as far as it goes, or up to the last row's end.
				pollute(s)
				s.UnpackColumns(panel, v, stride)
				y := sentinels(t, at, s.TileCount(tokens)*s.TileRows*s.PanelRows)
				pollute(s)
				s.GemmFloat(y, s.PanelRows, panel, &tiles, 0, 0, s.TileCount(tokens), false)
				for i, row := range rows {
					for j := range s.PanelRows {
						var want float32
						var size float64
						for c, x := range row.X {
							term := x * quant.FromF16(v[c*stride+j])
							want += term
							size += abs(term)
						}
						if got := y[i*s.PanelRows+j]; !near(got, want, size) {
							t.Errorf("%d columns, token %d, row %d: %v, want %v", cols, i, j, got, want)
						}
					}
				}
			}
		}
	})
}
