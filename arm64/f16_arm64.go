package arm64

// GemvNeonF16 computes y = w x for any number of rows of f16 weights, stride bytes
// apart; cols is a multiple of 8. It also gives attention's scores, with keys for
// weights.
//
//go:noescape
func GemvNeonF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackNeonF16(f *float32, w *byte, stride, cols int)
