package quant

// scalesK45 unpacks the scales and minimums of the eight groups of a Q4_K or
// Q5_K block: 12 bytes of 6-bit numbers. Groups 0-3 have theirs in the low six
// bits of bytes 0-3 (scales) and 4-7 (minimums). Groups 4-7 have four bits in
// bytes 8-11 (low half: scale, high half: minimum) and two in the top of bytes
// 0-3 and 4-7.
func scalesK45(scale, min []float32, d, dmin float32, s []byte) {
	for g := range 4 {
		scale[g] = d * float32(s[g]&63)
		min[g] = -float32(dmin * float32(s[g+4]&63))
		scale[g+4] = d * float32(s[g+8]&15|s[g]>>6<<4)
		min[g+4] = -float32(dmin * float32(s[g+8]>>4|s[g+4]>>6<<4))
	}
}

// nibblesK45 writes 256 four-bit values: each 32 bytes hold 64 weights, the low
// halves first.
func nibblesK45(q []int8, qs []byte) {
	for i := range 256 {
		q[i] = int8(qs[i/64*32+i%32] >> (i % 64 / 32 * 4) & 15)
	}
}

// Q4_K, 256 weights in 144 bytes, groups of 32:
//
//	d      f16       scale of the scales
//	dmin   f16       scale of the minimums
//	scales [12]byte  see scalesK45
//	qs     [128]byte values, see nibblesK45
func unpackQ4K(q []int8, scale, min []float32, b []byte) {
	scalesK45(scale, min, f16At(b), f16At(b[2:]), b[4:16])
	nibblesK45(q, b[16:])
}

// Q5_K, 256 weights in 176 bytes, groups of 32:
//
//	d      f16       scale of the scales
//	dmin   f16       scale of the minimums
//	scales [12]byte  see scalesK45
//	qh     [32]byte  fifth bits: bit i/32 of byte i%32 belongs to weight i
//	qs     [128]byte low four bits, see nibblesK45
func unpackQ5K(q []int8, scale, min []float32, b []byte) {
	scalesK45(scale, min, f16At(b), f16At(b[2:]), b[4:16])
	nibblesK45(q, b[48:])
	for i := range 256 {
		q[i] += int8(b[16+i%32] >> (i / 32) & 1 << 4)
	}
}
