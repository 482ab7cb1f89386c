package arm64

// GemmNeonFloat multiplies a panel of 8 rows of floats with tiles of 4 tokens:
// y[token*ldy+row] is set, or added to where add is 1. A tile holds
// F[column][token]; the next lies aStep bytes on.
//
//go:noescape
func GemmNeonFloat(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
