package amd64

// Scores computes s[i] = q . k[i] over dim numbers, a multiple of 16, for n rows of
// f16 that are stride bytes apart.
//
//go:noescape
func Scores(s, q *float32, k *uint16, stride, n, dim int)
