package quant

// Q2_K, 256 weights in 84 bytes, groups of 16:
//
//	scales [16]byte low half: the group's scale, high half: its minimum
//	qs     [64]byte values, four a byte
//	d      f16      scale of the scales
//	dmin   f16      scale of the minimums
//
// Each 32 bytes of qs hold 128 weights: bits 0-1 of all 32 bytes come first,
// then bits 2-3, 4-5 and 6-7.
func unpackQ2K(q []int8, scale, min []float32, b []byte) {
	scales, qs := b[:16], b[16:80]
	d, dmin := f16At(b[80:]), f16At(b[82:])
	for g, s := range scales {
		scale[g] = d * float32(s&15)
		min[g] = -float32(dmin * float32(s>>4))
	}
	for i := range 256 {
		half, shift, at := i/128, i%128/32*2, i%32
		q[i] = int8(qs[half*32+at] >> shift & 3)
	}
}
