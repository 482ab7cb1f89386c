package arm64

//go:noescape
func GemvNeonF32(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackNeonF32(f *float32, w *byte, stride, cols int)
