package amd64

//go:noescape
func GemvAVX2F16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackAVX2F16(f *float32, w *byte, stride, cols int)

//go:noescape
func GemvVNNIF16(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackVNNIF16(f *float32, w *byte, stride, cols int)
