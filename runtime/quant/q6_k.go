package quant

// Q6_K, 256 weights in 210 bytes, groups of 16:
//
//	ql     [128]byte low four bits
//	qh     [64]byte  high two bits
//	scales [16]int8  the groups' scales
//	d      f16       scale of the scales
//
// Each 64 bytes of ql hold 128 weights: the low halves first, then the high
// ones; each 32 bytes of qh hold the same 128, as in Q2_K. A weight is its six
// bits less 32.
func unpackQ6K(q []int8, scale, _ []float32, b []byte) {
	ql, qh, scales := b[:128], b[128:192], b[192:208]
	d := f16At(b[208:])
	for g, s := range scales {
		scale[g] = d * float32(int8(s))
	}
	for i := range 256 {
		half, in := i/128, i%128
		low := ql[half*64+in%64] >> (in / 64 * 4) & 15
		high := qh[half*32+in%32] >> (in / 32 * 2) & 3
		q[i] = int8(low|high<<4) - 32
	}
}
