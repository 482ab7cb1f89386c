package kernel

import "llamad/runtime/quant"

// Matrix is a weight matrix as it lies in the file.
type Matrix struct {
	Format *quant.Format
	Rows   int // outputs
	Cols   int // inputs, a multiple of Format.BlockLen
	Data   []byte
}

// Assembly cannot be preempted, so one call must last well under 100 us.
const (
	gemvCall = 128 << 10 // weight bytes: 37 us at the 3.5 GB/s of a Pi 4
	gemmCall = 16 << 10  // columns of tiles: 8 by 4 rows take 50 us at the 10 G/s of a Pi 4's core
)

// Share is worker i's part of the rows of a matrix, out of n workers. Parts end
// where panels do, but for the last, which takes what is left over.
func (s *Set) Share(rows, i, n int) (from, to int) {
	panels := rows / s.PanelRows
	from, to = panels*i/n*s.PanelRows, panels*(i+1)/n*s.PanelRows
	if i == n-1 {
		to = rows
	}
	return from, to
}

// MulRow computes rows from to to of y = m x.
func (s *Set) MulRow(y []float32, m *Matrix, x *quant.Row, from, to int) {
	stride := m.Format.RowBytes(m.Cols)
	step := max(gemvCall/stride&^7, 8)
	for r, end := from, 0; r < to; r = end {
		// A rest too small for assembly goes with what is before it, or its results
		// would depend on how the rows were shared out.
		if end = r + step; to-end < gemvRows {
			end = to
		}
		s.Gemv[m.Format.Type](y[r:end], m.Data[r*stride:end*stride], stride, x)
	}
}

// MulRows computes rows from to to (a Share) of y = m x for a batch: the result
// of activation row i begins at y[i*ldy]. y has room for whole tiles.
func (s *Set) MulRows(y []float32, ldy int, m *Matrix, t *Tiles, from, to int, p *Panel) {
	unpack, gemm := s.Unpack[m.Format.Type], s.Gemm
	if !m.Format.Integer() {
		gemm = s.GemmFloat
	}
	if unpack == nil || to-from < s.PanelRows {
		for i := range t.Rows {
			s.MulRow(y[i*ldy:], m, &t.Rows[i], from, to)
		}
		return
	}
	stride := m.Format.RowBytes(m.Cols)
	tiles := s.TileCount(len(t.Rows))
	for r := from; r < to; r += s.PanelRows {
		// The last panel of a share that is no whole number of panels begins
		// earlier, and some rows are computed twice, to the same result.
		r = min(r, to-s.PanelRows)
		next := m.Data[min(r+s.PanelRows, to)*stride : min(r+2*s.PanelRows, to)*stride]
		for col := 0; col < m.Cols; col += s.KBlock {
			p.Format, p.Cols = m.Format, min(s.KBlock, m.Cols-col)
			p.Ahead = next[len(next)*col/m.Cols : len(next)*(col+p.Cols)/m.Cols]
			unpack(p, m.Data[r*stride+m.Format.RowBytes(col):], stride)
			step := max(gemmCall/p.Cols, 1)
			for i := 0; i < tiles; i += step {
				gemm(y[r:], ldy, p, t, col, i, min(i+step, tiles), col > 0)
			}
		}
	}
}
