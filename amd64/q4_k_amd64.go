package amd64

//go:noescape
func GemvAVX2Q4_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackAVX2Q4_K(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvVNNIQ4_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackVNNIQ4_K(q *int8, scale, min *float32, w *byte, stride, groups int)
