package kernel

import (
	"unsafe"

	"llamad/runtime/quant"
)

// The assembly packages speak in pointers and counts. The adapters here turn
// such functions into the fields of a Set, once for every class: shapes are
// checked in Go, loops and tails that no call covers stay here.
//
// In all of them groups counts groups of 32 columns, and stride, the distance
// between weight rows, is in bytes.
type (
	// rows is a multiple of gemvRows; sum is per group of the format (32 or 16)
	// and nil for formats without minimums.
	gemvCallee = func(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

	// cols is a multiple of 32, rows of gemvRows.
	gemvFloatCallee = func(y *float32, w *byte, stride, rows, cols int, x *float32)

	// Unpacks as many rows as the class's panel has.
	unpackCallee      = func(q *int8, scale, min *float32, w *byte, stride, groups int)
	unpackFloatCallee = func(f *float32, w *byte, stride, cols int)

	// y[token*ldy+row] over tiles*TileRows tokens: set where add is 0, else added
	// to. a, scale and sum point at the first tile's data for the panel's first
	// column; the next tile's lie aStep bytes, scaleStep and sumStep floats on. Of
	// a format without minimums, a class with a WeightBias gets the int32 starts
	// instead of sums. Each group of each tile may fetch what lies ahead into the
	// cache, aheadStep bytes on from the group before.
	gemmCallee = func(y *float32, ldy int, w *int8, wScale, wMin *float32,
		a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

	gemmFloatCallee = func(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
)

// gemvRows is how many weight rows an assembly Gemv takes at a time.
const gemvRows = 4

func gemvWith(f *quant.Format, call gemvCallee) func(y []float32, w []byte, stride int, x *quant.Row) {
	portable := Portable.Gemv[f.Type]
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		n := len(y)
		if n < gemvRows {
			portable(y, w, stride, x)
			return
		}
		_ = w[(n-1)*stride+f.RowBytes(len(x.Q))-1]
		var sum *float32
		if f.HasMin {
			sum = unsafe.SliceData(sums(f, x.Sum, x.Sum16))
		}
		groups := len(x.Q) / quant.ActivationGroup
		call(&y[0], &w[0], stride, n&^(gemvRows-1), groups, &x.Q[0], &x.Scale[0], sum)
		if n%gemvRows != 0 { // the last four rows, some of them again
			call(&y[n-gemvRows], &w[(n-gemvRows)*stride], stride, gemvRows, groups, &x.Q[0], &x.Scale[0], sum)
		}
	}
}

func gemvFloatWith(f *quant.Format, call gemvFloatCallee) func(y []float32, w []byte, stride int, x *quant.Row) {
	portable := Portable.Gemv[f.Type]
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		n, cols := len(y), len(x.X)
		if n < gemvRows || cols%32 != 0 {
			portable(y, w, stride, x)
			return
		}
		_ = w[(n-1)*stride+f.RowBytes(cols)-1]
		call(&y[0], &w[0], stride, n&^(gemvRows-1), cols, &x.X[0])
		if n%gemvRows != 0 {
			call(&y[n-gemvRows], &w[(n-gemvRows)*stride], stride, gemvRows, cols, &x.X[0])
		}
	}
}

func unpackWith(f *quant.Format, panelRows int, call unpackCallee) func(p *Panel, w []byte, stride int) {
	return func(p *Panel, w []byte, stride int) {
		_ = w[(panelRows-1)*stride+f.RowBytes(p.Cols)-1]
		_, _ = p.Q[panelRows*p.Cols-1], p.Scale[panelRows*p.Cols/f.Group-1]
		var min *float32
		if f.HasMin {
			min = unsafe.SliceData(p.Min)
		}
		call(&p.Q[0], &p.Scale[0], min, &w[0], stride, p.Cols/quant.ActivationGroup)
	}
}

func unpackFloatWith(f *quant.Format, panelRows int, call unpackFloatCallee) func(p *Panel, w []byte, stride int) {
	return func(p *Panel, w []byte, stride int) {
		_ = w[(panelRows-1)*stride+f.RowBytes(p.Cols)-1]
		_ = p.F[panelRows*p.Cols-1]
		call(&p.F[0], &w[0], stride, p.Cols)
	}
}

// gemms are the variants of a class's micro-kernel: weights share a scale by 32
// or by 16, with and without minimums. by32Wide is by32 for values that are not
// narrow, where that needs another kernel.
type gemms struct{ by32, by32Min, by16, by16Min, by32Wide gemmCallee }

func (g *gemms) forFormat(f *quant.Format) gemmCallee {
	switch {
	case !f.Narrow && g.by32Wide != nil:
		return g.by32Wide
	case f.Group == 32 && f.HasMin:
		return g.by32Min
	case f.Group == 32:
		return g.by32
	case f.HasMin:
		return g.by16Min
	}
	return g.by16
}

func gemmWith(tileRows int, g gemms) func(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool) {
	return func(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool) {
		f := p.Format
		_ = y[(t1*tileRows-1)*ldy]
		// Within a tile, tileRows rows of each group lie together.
		size := tileRows * t.Cols
		sumStep, sumAt := size/f.Group, tileRows*col/f.Group
		groups := p.Cols / quant.ActivationGroup
		ahead, aheadStep := p.ahead(t0, (len(t.Rows)+tileRows-1)/tileRows, groups)
		g.forFormat(f)(&y[t0*tileRows*ldy], ldy, &p.Q[0], &p.Scale[0], &p.Min[0],
			&t.Q[t0*size+tileRows*col], &t.Scale[t0*size/32+tileRows*col/32], t.sums(f, t0*sumStep+sumAt),
			groups, t1-t0, size, size/32, sumStep, flag(add), ahead, aheadStep)
	}
}

// sums is where the sums of a format's groups begin, or the starts of sums.
func (t *Tiles) sums(f *quant.Format, at int) *float32 {
	if f.HasMin || t.Start == nil {
		return &sums(f, t.Sum, t.Sum16)[at]
	}
	if f.Group == 16 {
		return (*float32)(unsafe.Pointer(&t.Start16[at]))
	}
	return (*float32)(unsafe.Pointer(&t.Start[at]))
}

func gemmFloatWith(tileRows int, call gemmFloatCallee) func(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool) {
	return func(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool) {
		_ = y[(t1*tileRows-1)*ldy]
		size := tileRows * t.Cols
		call(&y[t0*tileRows*ldy], ldy, &p.F[0], &t.F[t0*size+tileRows*col], p.Cols, t1-t0, 4*size, flag(add))
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
