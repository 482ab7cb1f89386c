package amd64

//go:noescape
func GemvAVX2BF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackAVX2BF16(f *float32, w *byte, stride, cols int)

//go:noescape
func GemvVNNIBF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackVNNIBF16(f *float32, w *byte, stride, cols int)
