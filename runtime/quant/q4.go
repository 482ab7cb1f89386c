package quant

// nibbles writes 32 four-bit values: the low halves of the 16 bytes are weights
// 0 to 15, the high halves weights 16 to 31.
func nibbles(q []int8, qs []byte, bias int8) {
	for i, v := range qs[:16] {
		q[i] = int8(v&15) - bias
		q[i+16] = int8(v>>4) - bias
	}
}

// Q4_0, 32 weights in 18 bytes:
//
//	d  f16      scale
//	qs [16]byte values + 8, two a byte
func unpackQ4_0(q []int8, scale, _ []float32, b []byte) {
	scale[0] = f16At(b)
	nibbles(q, b[2:], 8)
}

// Q4_1, 32 weights in 20 bytes:
//
//	d  f16      scale
//	m  f16      minimum
//	qs [16]byte values, two a byte
func unpackQ4_1(q []int8, scale, min []float32, b []byte) {
	scale[0], min[0] = f16At(b), f16At(b[2:])
	nibbles(q, b[4:], 0)
}
