package amd64

// GemmVNNIBy32 multiplies a panel of 32 weight rows with tiles of 6 tokens:
// y[token*ldy+row] is set, or added to where add is 1. The weights share a scale by
// 32 and have no minimum; By32Min, By16 and By16Min are the other kinds of
// formats. A tile holds Q[group][token][32], Scale[group][token] and
// sum[group or half group][token], int32 starts of sums where there are no minimums;
// the next tile lies aStep bytes, scaleStep and sumStep floats on. Each group of each
// tile fetches a line of what lies ahead, aheadStep bytes after the one before.
//
//go:noescape
func GemmVNNIBy32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIBy32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIBy16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIBy16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

// GemmVNNIFloat does it for a panel and tiles of floats, of any number of columns.
//
//go:noescape
func GemmVNNIFloat(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
