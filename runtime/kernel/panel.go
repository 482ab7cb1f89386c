package kernel

import (
	"unsafe"

	"llamad/runtime/quant"
)

// Panel is PanelRows weight rows of one matrix, Cols columns of each, unpacked.
// It is scratch of one worker.
type Panel struct {
	Format *quant.Format
	Cols   int
	Q      []int8    // [PanelRows * Cols], integer formats
	Scale  []float32 // [PanelRows * Cols/Format.Group]
	Min    []float32 // the same, where the format has minimums
	F      []float32 // [PanelRows * Cols], float formats

	// Ahead is weights that are unpacked next: Gemm may have them fetched from
	// memory while it computes.
	Ahead []byte
}

// ahead shares Ahead out over the groups of a Gemm of so many tiles: where the
// share of a tile begins, and how many bytes a group has of it.
func (p *Panel) ahead(tile, tiles, groups int) (*byte, int) {
	from := len(p.Ahead) * tile / tiles
	if from >= len(p.Ahead) {
		return nil, 0
	}
	return &p.Ahead[from], (len(p.Ahead) + tiles*groups - 1) / (tiles * groups)
}

// PanelSize is the scratch of a panel: int8 values and floats.
func (s *Set) PanelSize() (q, f int) {
	n := s.PanelRows * s.KBlock
	return n, n/16 + n/16 + n
}

// NewPanel lays a panel over scratch of PanelSize.
func (s *Set) NewPanel(q []int8, f []float32) *Panel {
	n := s.PanelRows * s.KBlock
	return &Panel{Q: q[:n], Scale: f[:n/16], Min: f[n/16 : n/8], F: f[n/8 : n/8+n]}
}

// UnpackRows fills p.F from PanelRows rows of f16 numbers, p.Cols of each: the
// float panel of a stretch of the KV cache.
func (s *Set) UnpackRows(p *Panel, rows []uint16, stride int) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(rows))), 2*len(rows))
	s.Unpack[quant.F16](p, bytes, 2*stride)
}

// Tiles are the activation rows of a batch, packed for Gemm or GemmFloat.
type Tiles struct {
	Rows  []quant.Row // [n], quantized and read by Pack
	Cols  int
	Q     []int8    // [tiles * TileRows * Cols]
	Scale []float32 // [tiles * TileRows * Cols/32]
	Sum   []float32 // [tiles * TileRows * Cols/32], for minimums per 32
	Sum16 []float32 // [tiles * TileRows * Cols/16], for minimums per 16
	F     []float32 // [tiles * TileRows * Cols]

	// Where a class's weights carry a bias, its negative times the integer sums of
	// Q, by 32 and by 16: what a sum of products starts at, to end unbiased.
	Start   []int32 // [tiles * TileRows * Cols/32]
	Start16 []int32 // [tiles * TileRows * Cols/16]
}

// TileCount is how many tiles hold n activation rows.
func (s *Set) TileCount(n int) int { return (n + s.TileRows - 1) / s.TileRows }

// TilesSize is the scratch of Tiles for n rows of cols columns: int8 values, and
// floats for their scales and sums. F takes as many floats as there are values.
func (s *Set) TilesSize(n, cols int) (q, scales int) {
	size := s.TileCount(n) * s.TileRows * cols
	scales = size/32 + size/32 + size/16
	if s.WeightBias != 0 {
		scales += size/32 + size/16
	}
	return size, scales
}

// LayTiles makes t hold rows of cols columns over scratch of TilesSize. Without
// q there is nothing to Pack, without f nothing to PackFloat.
func (s *Set) LayTiles(t *Tiles, rows []quant.Row, cols int, q []int8, scales, f []float32) {
	n := s.TileCount(len(rows)) * s.TileRows * cols
	*t = Tiles{Rows: rows, Cols: cols}
	if q != nil {
		t.Q, t.Scale, t.Sum, t.Sum16 = q[:n], scales[:n/32], scales[n/32:n/16], scales[n/16:n/8]
		if s.WeightBias != 0 {
			t.Start, t.Start16 = int32s(scales[n/8:n/8+n/32]), int32s(scales[n/8+n/32:n/8+n/32+n/16])
		}
	}
	if f != nil {
		t.F = f[:n]
	}
}

// int32s is memory for integers where memory for floats was given.
func int32s(f []float32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(f))), len(f))
}
