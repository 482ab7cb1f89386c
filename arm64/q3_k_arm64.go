package arm64

//go:noescape
func GemvDotQ3K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackDotQ3K(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvNeonQ3K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackNeonQ3K(q *int8, scale, min *float32, w *byte, stride, groups int)
