package amd64

// SwiGLU computes gate = gate / (1 + exp(-gate)) * up over n numbers.
//
//go:noescape
func SwiGLU(gate, up *float32, n int)
