package quant

import (
	"encoding/binary"
	"math"
	"testing"
)

// block is a hand-made block whose weights were worked out on paper.
type block struct {
	format Type
	make   func(b []byte)
	want   map[int]float32 // by index; the others are not looked at
}

func put16(b []byte, v float32) { binary.LittleEndian.PutUint16(b, ToF16(v)) }

var blocks = []block{
	{Q8_0, func(b []byte) { put16(b, 0.5); b[2], b[3], b[33] = 127, 0x80, 0xff },
		map[int]float32{0: 63.5, 1: -64, 2: 0, 31: -0.5}},
	{Q4_0, func(b []byte) { put16(b, 2); b[2], b[17] = 0xf0, 0x19 },
		map[int]float32{0: -16, 16: 14, 15: 2, 31: -14, 1: -16}},
	{Q4_1, func(b []byte) { put16(b, 2); put16(b[2:], -3); b[4] = 0x5f },
		map[int]float32{0: 27, 16: 7, 1: -3}},
	{Q5_0, func(b []byte) { put16(b, 1); b[2], b[5] = 0x01, 0x80; b[6], b[21] = 0x03, 0x40 },
		map[int]float32{0: 3, 16: -16, 15: -16, 31: 4}},
	{Q5_1, func(b []byte) { put16(b, 1); put16(b[2:], 10); b[4] = 0x02; b[9] = 0x07 },
		map[int]float32{0: 10, 1: 33, 17: 10}},
	{IQ4NL, func(b []byte) { put16(b, 1); b[2] = 0xf0 },
		map[int]float32{0: -127, 16: 113, 1: -127}},
	{Q2_K, func(b []byte) { // group 1: scale 3, minimum 5; weight 16 is bits 0-1 of byte 16
		b[1], b[16+16] = 0x53, 0x02
		put16(b[80:], 0.5)
		put16(b[82:], 0.25)
	}, map[int]float32{0: 0, 16: 3*0.5*2 - 5*0.25, 17: -1.25}},
	{Q3_K, func(b []byte) { // group 9: low four bits in the high half of byte 1, high two bits 2-3 of byte 5 (8+1)... of 8+9%4
		b[96+1] = 0x50     // low bits of group 9: 5
		b[96+9] = 0x2 << 4 // high bits of group 9 (shift 4): 2
		b[32+32+16] = 0x01 // weight 144: low two bits 1
		b[16] = 1 << 4     // its third bit
		put16(b[108:], 1)
	}, map[int]float32{144: float32(5|2<<4-32) * (1 | 4 - 4), 145: float32(5|2<<4-32) * -4, 0: -32 * -4}},
	{Q4_K, func(b []byte) {
		put16(b, 1)
		put16(b[2:], 0.5)
		b[4+0] = 0xc3  // group 0: scale 3; group 4: scale's high bits 3
		b[4+4] = 0x87  // group 0: minimum 7; group 4: minimum's high bits 2
		b[4+8] = 0x21  // group 4: scale's low bits 1, minimum's 2
		b[16] = 0x0a   // weight 0
		b[16+64] = 0x0 // group 4: weight 128
	}, map[int]float32{0: 3*10 - 3.5, 1: -3.5, 128: -0.5 * (2 | 2<<4)}},
	{Q5_K, func(b []byte) {
		put16(b, 1)
		b[4] = 2       // group 0: scale 2
		b[16] = 0x01   // fifth bit of weight 0
		b[48] = 0x03   // its low bits
		b[4+1] = 1     // group 1: scale 1
		b[16+1] = 0x02 // fifth bit of weight 33
		b[49] = 0x40   // its low bits: high half
	}, map[int]float32{0: 2 * 19, 33: 20, 32: 0}},
	{Q6_K, func(b []byte) {
		b[0] = 0x1f   // weights 0 (low half) and 64 (high half)
		b[128] = 0x21 // high bits: weight 0: 1, weight 64: 2 (bits 4-5)
		b[192], b[196] = 0xfe, 3
		put16(b[208:], 0.5)
	}, map[int]float32{0: -2 * 0.5 * (15 | 1<<4 - 32), 64: 3 * 0.5 * (1 | 2<<4 - 32)}},
}

func TestDequantize(t *testing.T) {
	for _, c := range blocks {
		f, ok := Lookup(c.format)
		if !ok {
			t.Fatalf("%v is not in the table", c.format)
		}
		b := make([]byte, f.BlockBytes)
		c.make(b)
		got := make([]float32, f.BlockLen)
		f.Dequantize(got, b)
		for i, want := range c.want {
			if got[i] != want {
				t.Errorf("%s: weight %d = %v, want %v", f.Name, i, got[i], want)
			}
		}
	}
}

// Every f16 there is goes to f32 and back to itself.
func TestF16RoundTrip(t *testing.T) {
	for h := range 1 << 16 {
		f := FromF16(uint16(h))
		back := ToF16(f)
		if f != f { // NaN keeps being one
			if b := FromF16(back); b == b {
				t.Fatalf("%#04x: NaN became %v", h, b)
			}
			continue
		}
		if back != uint16(h) {
			t.Fatalf("%#04x -> %v -> %#04x", h, f, back)
		}
	}
}

// The nearest f16, ties to even: halfway between two neighbours and just beside.
func TestToF16Rounds(t *testing.T) {
	for h := uint16(0); h < 0x7bff; h++ {
		low, high := FromF16(h), FromF16(h+1)
		middle := (low + high) / 2 // exact: one more bit
		even := h + h&1
		for f, want := range map[float32]uint16{
			middle:                         even,
			math.Nextafter32(middle, low):  h,
			math.Nextafter32(middle, high): h + 1,
		} {
			if got := ToF16(f); got != want {
				t.Fatalf("ToF16(%v) = %#04x, want %#04x", f, got, want)
			}
			if got := ToF16(-f); got != want|0x8000 {
				t.Fatalf("ToF16(%v) = %#04x, want %#04x", -f, got, want|0x8000)
			}
		}
	}
	for f, want := range map[float32]uint16{65519: 0x7bff, 65520: 0x7c00, 1e10: 0x7c00, float32(math.Inf(-1)): 0xfc00} {
		if got := ToF16(f); got != want {
			t.Errorf("ToF16(%v) = %#04x, want %#04x", f, got, want)
		}
	}
}

func TestQuantizeRow(t *testing.T) {
	x := make([]float32, 96)
	for i := range 32 {
		x[i] = float32(i) - 16 // largest magnitude 16
	}
	x[32] = float32(math.Inf(1))
	x[64] = 1e-38 // too small to have a scale
	r := RowOver(make([]int8, 96), make([]float32, RowFloats(96)), 96)
	QuantizeRow(&r, x)

	if want := float32(16) / 127; r.Scale[0] != want {
		t.Errorf("scale = %v, want %v", r.Scale[0], want)
	}
	if r.Q[0] != -127 || r.Q[16] != 0 || r.Q[17] != 8 { // 127/16 = 7.9
		t.Errorf("values = %v", r.Q[:32])
	}
	var sum, first int32
	for i, q := range r.Q[:32] {
		sum += int32(q)
		if i < 16 {
			first += int32(q)
		}
	}
	if r.Sum[0] != r.Scale[0]*float32(sum) || r.Sum16[0] != r.Scale[0]*float32(first) {
		t.Errorf("sums = %v, %v", r.Sum[0], r.Sum16[0])
	}
	if r.Scale[1] == r.Scale[1] || r.Q[32] != 0 {
		t.Errorf("a group with an infinity has scale %v and value %d, want NaN and 0", r.Scale[1], r.Q[32])
	}
	if r.Scale[2] != 0 || r.Q[64] != 0 {
		t.Errorf("a group of next to nothing has scale %v and value %d, want zeros", r.Scale[2], r.Q[64])
	}
}

func TestTypeNames(t *testing.T) {
	for typ, want := range map[Type]string{Q4_K: "Q4_K", 17: "IQ2_XS", 4: "Q4_2 (withdrawn)", 255: "type 255", 1 << 31: "type 2147483648"} {
		if got := typ.String(); got != want {
			t.Errorf("Type(%d) = %q, want %q", uint32(typ), got, want)
		}
		if _, ok := Lookup(typ); ok != (typ == Q4_K) {
			t.Errorf("Lookup(%d) = %v", uint32(typ), ok)
		}
	}
}
