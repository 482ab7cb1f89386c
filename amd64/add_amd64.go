package amd64

// Add computes y += x over n numbers.
//
//go:noescape
func Add(y, x *float32, n int)
