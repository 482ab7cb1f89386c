package amd64

// RopePairs turns each pair x[2i], x[2i+1] by the angle whose cosine and sine are
// t[2i] and t[2i+1]; n, a multiple of 16, counts numbers. Its results equal Go's
// bit for bit.
//
//go:noescape
func RopePairs(x, t *float32, n int)

// RopeHalves is RopePairs for pairs x[i], x[i+n/2].
//
//go:noescape
func RopeHalves(x, t *float32, n int)
