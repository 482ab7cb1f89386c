package arm64

//go:noescape
func GemvNeonF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackNeonF16(f *float32, w *byte, stride, cols int)
