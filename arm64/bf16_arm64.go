package arm64

//go:noescape
func GemvNeonBF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackNeonBF16(f *float32, w *byte, stride, cols int)
