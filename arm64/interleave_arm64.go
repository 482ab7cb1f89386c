package arm64

// Interleave writes dst[i][0..3] = a[i], b[i], c[i], d[i] for n numbers, or words
// of four int8.
//
//go:noescape
func Interleave(dst, a, b, c, d *float32, n int)

// InterleaveGroups writes dst[i][0..3] in the same way for n groups of 32 int8.
//
//go:noescape
func InterleaveGroups(dst, a, b, c, d *int8, n int)
