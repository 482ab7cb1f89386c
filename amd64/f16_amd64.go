package amd64

// GemvAVX2F16 computes y = w x for a multiple of 4 rows of f16 weights, stride bytes
// apart; cols is a multiple of 32. UnpackAVX2F16 takes a multiple of 8 columns.
//
//go:noescape
func GemvAVX2F16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackAVX2F16(f *float32, w *byte, stride, cols int)

//go:noescape
func GemvVNNIF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackVNNIF16(f *float32, w *byte, stride, cols int)
