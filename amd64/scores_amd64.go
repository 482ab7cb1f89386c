package amd64

// ScoresAVX2 computes s[i] = q . k[i] over dim numbers, a multiple of 32, for n rows
// of f16 that are stride bytes apart.
//
//go:noescape
func ScoresAVX2(s, q *float32, k *uint16, stride, n, dim int)

// ScoresVNNI is ScoresAVX2 for the VNNI class.
//
//go:noescape
func ScoresVNNI(s, q *float32, k *uint16, stride, n, dim int)
