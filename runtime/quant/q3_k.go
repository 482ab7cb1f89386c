package quant

// Q3_K, 256 weights in 110 bytes, groups of 16:
//
//	hmask  [32]byte third bits: bit i/32 of byte i%32 belongs to weight i
//	qs     [64]byte low two bits, ordered as in Q2_K
//	scales [12]byte sixteen 6-bit scales + 32
//	d      f16      scale of the scales
//
// A weight is its three bits less 4.
func unpackQ3K(q []int8, scale, _ []float32, b []byte) {
	hmask, qs, scales := b[:32], b[32:96], b[96:108]
	d := f16At(b[108:])
	for g := range 16 {
		// Bytes 0-7 hold the low four bits (groups 0-7 in the low halves, 8-15 in
		// the high), bytes 8-11 the high two bits of groups g, g+4, g+8, g+12.
		low := scales[g%8] >> (g / 8 * 4) & 15
		high := scales[8+g%4] >> (g / 4 * 2) & 3
		scale[g] = d * float32(int8(low|high<<4)-32)
	}
	for i := range 256 {
		half, shift, at := i/128, i%128/32*2, i%32
		third := hmask[at] >> (i / 32) & 1
		q[i] = int8(qs[half*32+at]>>shift&3|third<<2) - 4
	}
}
