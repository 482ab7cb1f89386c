package amd64

//go:noescape
func GemvAVX2Q8_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackAVX2Q8_0(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvVNNIQ8_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackVNNIQ8_0(q *int8, scale, min *float32, w *byte, stride, groups int)
