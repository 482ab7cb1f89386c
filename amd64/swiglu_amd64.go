package amd64

// SwiGLUAVX2 computes gate = gate / (1 + exp(-gate)) * up over n numbers.
//
//go:noescape
func SwiGLUAVX2(gate, up *float32, n int)

// SwiGLUVNNI is SwiGLUAVX2 for the VNNI class.
//
//go:noescape
func SwiGLUVNNI(gate, up *float32, n int)
