package amd64

// Narrow rounds n numbers to f16.
//
//go:noescape
func Narrow(dst *uint16, x *float32, n int)
