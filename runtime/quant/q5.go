package quant

import "encoding/binary"

// fifthBits adds bit i of high, worth 16, to value i of 32.
func fifthBits(q []int8, high []byte) {
	bits := binary.LittleEndian.Uint32(high)
	for i := range 32 {
		q[i] += int8(bits >> i & 1 << 4)
	}
}

// Q5_0, 32 weights in 22 bytes:
//
//	d  f16      scale
//	qh [4]byte  fifth bits
//	qs [16]byte low four bits of values + 16, two a byte
func unpackQ5_0(q []int8, scale, _ []float32, b []byte) {
	scale[0] = f16At(b)
	nibbles(q, b[6:], 16)
	fifthBits(q, b[2:])
}

// Q5_1, 32 weights in 24 bytes:
//
//	d  f16      scale
//	m  f16      minimum
//	qh [4]byte  fifth bits
//	qs [16]byte low four bits, two a byte
func unpackQ5_1(q []int8, scale, min []float32, b []byte) {
	scale[0], min[0] = f16At(b), f16At(b[2:])
	nibbles(q, b[8:], 0)
	fifthBits(q, b[4:])
}
