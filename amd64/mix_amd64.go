package amd64

// MixAVX2 adds p[i] * v[i] to o for n rows of dim f16 numbers, a multiple of 32, that
// are stride bytes apart.
//
//go:noescape
func MixAVX2(o, p *float32, v *uint16, stride, n, dim int)

// MixVNNI is MixAVX2 for the VNNI class.
//
//go:noescape
func MixVNNI(o, p *float32, v *uint16, stride, n, dim int)
