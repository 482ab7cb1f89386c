package arm64

// UnpackColumns fills a panel of floats with 8 columns of f16 rows, stride bytes
// apart: row i of the panel is v[i], v[stride/2+i] and so on.
//
//go:noescape
func UnpackColumns(f *float32, v *uint16, stride, cols int)
