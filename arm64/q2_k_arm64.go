package arm64

//go:noescape
func GemvDotQ2K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackDotQ2K(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvNeonQ2K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackNeonQ2K(q *int8, scale, min *float32, w *byte, stride, groups int)
