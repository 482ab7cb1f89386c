package amd64

//go:noescape
func UnpackAVX2Columns(f *float32, v *uint16, stride, cols int)

//go:noescape
func UnpackVNNIColumns(f *float32, v *uint16, stride, cols int)
