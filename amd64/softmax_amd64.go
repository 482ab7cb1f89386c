package amd64

// Softmax replaces the n numbers of x by exp(scale*x) over its sum.
//
//go:noescape
func Softmax(x *float32, n int, scale float32)
