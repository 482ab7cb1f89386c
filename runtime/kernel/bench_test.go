package kernel

import (
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

// benchmarkFormats runs f for every format and those of the Sets that this CPU can
// run.
func benchmarkFormats(b *testing.B, sets []*Set, f func(b *testing.B, s *Set, format *quant.Format)) {
	for _, s := range sets {
		for _, format := range quant.Formats() {
			if s.Usable {
				b.Run(s.Name+"/"+format.Name, func(b *testing.B) { f(b, s, format) })
			}
		}
	}
}

// benchmarkMatrix makes a matrix of about that many bytes: random bits under
// ordinary scales.
func benchmarkMatrix(f *quant.Format, bytes, cols int) Matrix {
	rows := bytes / f.RowBytes(cols) &^ 31
	m := Matrix{Format: f, Rows: rows, Cols: cols, Data: make([]byte, rows*f.RowBytes(cols))}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Data {
		m.Data[i] = byte(r.Uint32())
	}
	for i := range rows {
		weightCases[0].scales(r, f, m.Data[i*f.RowBytes(cols):][:f.RowBytes(cols)])
	}
	return m
}

func benchmarkRows(s *Set, n, cols int) []quant.Row {
	r := rand.New(rand.NewPCG(3, 4))
	rows := make([]quant.Row, n)
	for i := range rows {
		x := make([]float32, cols)
		for j := range x {
			x[j] = float32(r.NormFloat64())
		}
		rows[i] = quant.RowOver(make([]int8, cols), make([]float32, quant.RowFloats(cols)), cols)
		s.Quantize(&rows[i], x)
	}
	return rows
}

// BenchmarkGemv reads matrices from memory, as decode does, and from the cache.
// MB/s count weight bytes.
func BenchmarkGemv(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
		sets  []*Set
	}{{"memory", 128 << 20, assembly()}, {"cache", 256 << 10, All()}} {
		b.Run(size.name, func(b *testing.B) {
			benchmarkFormats(b, size.sets, func(b *testing.B, s *Set, f *quant.Format) {
				const cols = 2048
				m, x := benchmarkMatrix(f, size.bytes, cols), benchmarkRows(s, 1, cols)
				y := make([]float32, m.Rows)
				b.SetBytes(int64(len(m.Data)))
				for b.Loop() {
					s.MulRow(y, &m, &x[0], 0, m.Rows)
				}
			})
		})
	}
}

// BenchmarkGemm multiplies a batch of 120 tokens, unpacking included.
func BenchmarkGemm(b *testing.B) {
	benchmarkFormats(b, All(), func(b *testing.B, s *Set, f *quant.Format) {
		const rows, cols, tokens = 512, 2048, 120
		m, x := benchmarkMatrix(f, rows*f.RowBytes(cols), cols), benchmarkRows(s, tokens, cols)
		var t Tiles
		q, scales := s.TilesSize(tokens, cols)
		s.LayTiles(&t, x, cols, make([]int8, q), make([]float32, scales), make([]float32, q))
		for i := range s.TileCount(tokens) {
			s.Pack(&t, i)
			s.PackFloat(&t, i)
		}
		pq, pf := s.PanelSize()
		panel := s.NewPanel(make([]int8, pq), make([]float32, pf))
		y := make([]float32, s.TileCount(tokens)*s.TileRows*rows)
		for b.Loop() {
			s.MulRows(y, rows, &m, &t, 0, rows, panel)
		}
		b.ReportMetric(float64(b.N)*rows*cols*tokens/b.Elapsed().Seconds()/1e9, "GMAC/s")
	})
}

// BenchmarkUnpack turns one block of columns into a panel. MB/s count weight bytes.
func BenchmarkUnpack(b *testing.B) {
	benchmarkFormats(b, All(), func(b *testing.B, s *Set, f *quant.Format) {
		m := benchmarkMatrix(f, s.PanelRows*32*f.RowBytes(s.KBlock), s.KBlock)
		pq, pf := s.PanelSize()
		panel := s.NewPanel(make([]int8, pq), make([]float32, pf))
		panel.Format, panel.Cols = f, s.KBlock
		stride := f.RowBytes(s.KBlock)
		b.SetBytes(int64(s.PanelRows * stride))
		for b.Loop() {
			s.Unpack[f.Type](panel, m.Data, stride)
		}
	})
}
