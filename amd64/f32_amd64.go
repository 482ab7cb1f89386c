package amd64

//go:noescape
func GemvAVX2F32(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackAVX2F32(f *float32, w *byte, stride, cols int)

//go:noescape
func GemvVNNIF32(y *float32, w *byte, stride, rows, cols int, x *float32)

//go:noescape
func UnpackVNNIF32(f *float32, w *byte, stride, cols int)
