package amd64

// SoftmaxAVX2 replaces the n numbers of x by exp(scale*x) over its sum.
//
//go:noescape
func SoftmaxAVX2(x *float32, n int, scale float32)

// SoftmaxVNNI is SoftmaxAVX2 for the VNNI class.
//
//go:noescape
func SoftmaxVNNI(x *float32, n int, scale float32)
