package amd64

// Interleave4 writes dst[i][0..3] = a[i], b[i], c[i], d[i] for n numbers each.
//
//go:noescape
func Interleave4(dst, a, b, c, d *float32, n int)

// Interleave6 is Interleave4 for six rows.
//
//go:noescape
func Interleave6(dst, a, b, c, d, e, f *float32, n int)
