package amd64

//go:noescape
func GemvAVX2IQ4_NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackAVX2IQ4_NL(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvVNNIIQ4_NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackVNNIIQ4_NL(q *int8, scale, min *float32, w *byte, stride, groups int)
