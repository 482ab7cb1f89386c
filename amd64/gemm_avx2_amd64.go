package amd64

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

//go:noescape
func GemmAVX2Float(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
