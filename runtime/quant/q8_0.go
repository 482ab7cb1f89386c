package quant

// Q8_0, 32 weights in 34 bytes:
//
//	d  f16      scale
//	qs [32]int8 values
func unpackQ8_0(q []int8, scale, _ []float32, b []byte) {
	scale[0] = f16At(b)
	for i, v := range b[2:34] {
		q[i] = int8(v)
	}
}
