package amd64

// RMSNorm computes y = x / sqrt(mean(x^2) + eps) * w over n numbers.
//
//go:noescape
func RMSNorm(y, x, w *float32, n int, eps float32)
