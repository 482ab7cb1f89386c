package arm64

//go:noescape
func GemvDotIQ4NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackDotIQ4NL(q *int8, scale, min *float32, w *byte, stride, groups int)

//go:noescape
func GemvNeonIQ4NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)

//go:noescape
func UnpackNeonIQ4NL(q *int8, scale, min *float32, w *byte, stride, groups int)
