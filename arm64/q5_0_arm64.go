package arm64

//go:noescape
func GemvDotQ5_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackDotQ5_0(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvNeonQ5_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackNeonQ5_0(q *int8, scale, min *float32, w *byte, stride, groups int)
