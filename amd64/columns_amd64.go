package amd64

// UnpackAVX2Columns turns f16 columns of as many rows as a panel has into a panel of
// floats; column i begins stride*i bytes after v.
//
//go:noescape
func UnpackAVX2Columns(f *float32, v *uint16, stride, cols int)

//go:noescape
func UnpackVNNIColumns(f *float32, v *uint16, stride, cols int)
