package amd64

// Widen turns n rows of Q8_0 blocks, stride bytes apart and dim numbers long, a
// multiple of 32, into rows of f16 one after the other.
//
//go:noescape
func Widen(dst *uint16, q *byte, stride, n, dim int)
