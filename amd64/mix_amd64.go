package amd64

// Mix adds p[i] * v[i] to o for n rows of dim f16 numbers, a multiple of 32, that
// are stride bytes apart.
//
//go:noescape
func Mix(o, p *float32, v *uint16, stride, n, dim int)
