package arm64

// GemmNeon32 multiplies a panel of 8 weight rows with tiles of 4 tokens:
// y[token*ldy+row] is set, or added to where add is 1. The weights share a scale
// by 32 and have no minimum; GemmNeon32Min, 16 and 16Min are the other kinds of
// formats. A tile holds Q[group][token][32], Scale[group][token] and
// sum[group or half group][token]; the next tile lies aStep bytes, scaleStep and
// sumStep floats on.
//
//go:noescape
func GemmNeon32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmNeon32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmNeon16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmNeon16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
