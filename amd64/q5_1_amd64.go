package amd64

//go:noescape
func GemvAVX2Q5_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackAVX2Q5_1(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvVNNIQ5_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackVNNIQ5_1(q *int8, scale, min *float32, w *byte, stride, groups int)
