package amd64

// GemmAVX2By32 multiplies a panel of 8 weight rows with tiles of 4 tokens:
// y[token*ldy+row] is set, or added to where add is 1. The weights share a scale by
// 32 and have no minimum; By32Min, By16 and By16Min are the other kinds of
// formats, and By32Wide is By32 for values of more than six bits. A tile holds
// Q[group][token][32], Scale[group][token] and sum[group or half group][token],
// int32 starts of sums where there are no minimums;
// the next tile lies aStep bytes, scaleStep and sumStep floats on. Each group of each
// tile fetches a line of what lies ahead, aheadStep bytes after the one before.
//
//go:noescape
func GemmAVX2By32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmAVX2By32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmAVX2By16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmAVX2By16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmAVX2By32Wide(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

// GemmAVX2Float does it for a panel and tiles of floats, of any number of columns.
//
//go:noescape
func GemmAVX2Float(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
