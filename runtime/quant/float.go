package quant

import (
	"encoding/binary"
	"math"
)

// FromF16 widens an IEEE 754 half-precision number; every value is exact.
func FromF16(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	rest := uint32(h & 0x7fff)
	switch {
	case rest >= 0x7c00: // infinity and NaN: the exponent is all ones in both widths
		return math.Float32frombits(sign | 0x7f800000 | rest<<13)
	case rest >= 0x0400: // normal: move the exponent's bias from 15 to 127
		return math.Float32frombits(sign | (rest<<13 + (127-15)<<23))
	}
	// Subnormal: rest counts units of 2^-24.
	f := float32(rest) * (1.0 / (1 << 24))
	return math.Float32frombits(sign | math.Float32bits(f))
}

// ToF16 narrows to half precision, rounding to nearest, ties to even, as FCVTN
// and VCVTPS2PH do.
func ToF16(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits >> 16 & 0x8000)
	abs := bits & 0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN, kept quiet
		return sign | 0x7e00 | uint16(abs>>13&0x3ff)
	case abs >= 0x477ff000: // rounds to 65520 or more: infinity
		return sign | 0x7c00
	case abs >= 0x38800000: // normal in f16
		odd := abs >> 13 & 1
		return sign | uint16((abs-(127-15)<<23+0xfff+odd)>>13)
	}
	// Subnormal in f16: adding 0.5 makes the f32 unit in the last place 2^-24,
	// so the addition does the rounding.
	r := math.Float32frombits(abs) + 0.5
	return sign | uint16(math.Float32bits(r)-math.Float32bits(0.5))
}

// FromBF16 widens a bfloat16, the upper half of an f32.
func FromBF16(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

func f16At(b []byte) float32 { return FromF16(binary.LittleEndian.Uint16(b)) }

func decodeF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decodeF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = FromF16(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

func decodeBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = FromBF16(binary.LittleEndian.Uint16(src[2*i:]))
	}
}
