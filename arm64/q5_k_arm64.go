package arm64

//go:noescape
func GemvDotQ5K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackDotQ5K(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvNeonQ5K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackNeonQ5K(q *int8, scale, min *float32, w *byte, stride, groups int)
