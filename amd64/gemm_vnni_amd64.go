package amd64

//go:noescape
func GemmVNNIBy32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIBy32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIBy16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIBy16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)

//go:noescape
func GemmVNNIFloat(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
