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
	// column; the next tile's lie aStep bytes, scaleStep and sumStep floats on.
	gemmCallee = func(y *float32, ldy int, w *int8, wScale, wMin *float32,
		a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int)

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
