package kernel

import (
	"sync"

	"llamad/runtime/quant"
)

// Exact dequantizes every weight and keeps the activations in f32: slow, and
// what the accuracy of the others is measured against.
var Exact = func() Set {
	s := Portable
	s.Name, s.Chips = "exact", "any CPU, f32 arithmetic on dequantized weights"
	s.Gemv = byFormat(floatGemv)
	s.Unpack = byFormat(func(*quant.Format) func(*Panel, []byte, int) { return nil })
	return s
}()

var floatRows = sync.Pool{New: func() any { return new([]float32) }}

// floatGemv multiplies dequantized weights with f32 activations.
func floatGemv(f *quant.Format) func(y []float32, w []byte, stride int, x *quant.Row) {
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		buffer := floatRows.Get().(*[]float32)
		defer floatRows.Put(buffer)
		if len(*buffer) < len(x.X) {
			*buffer = make([]float32, len(x.X))
		}
		row := (*buffer)[:len(x.X)]
		for r := range y {
			f.Dequantize(row, w[r*stride:])
			y[r] = dotFloat(row, x.X)
		}
	}
}
