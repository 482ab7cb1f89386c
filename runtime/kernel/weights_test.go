package kernel

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

var testFormats = quant.Formats()

// scaleFields are the offsets of the f16 numbers in a block.
var scaleFields = [quant.NumTypes][]int{
	quant.Q8_0: {0}, quant.Q4_0: {0}, quant.Q4_1: {0, 2}, quant.Q5_0: {0}, quant.Q5_1: {0, 2}, quant.IQ4NL: {0},
	quant.Q2_K: {80, 82}, quant.Q3_K: {108}, quant.Q4_K: {0, 2}, quant.Q5_K: {0, 2}, quant.Q6_K: {208},
}

// weightCase makes the bytes of blocks and the f16 numbers in them.
type weightCase struct {
	name  string
	value func(r *rand.Rand) byte
	scale func(r *rand.Rand) uint16
}

var (
	randomByte = func(r *rand.Rand) byte { return byte(r.Uint32()) }

	// Magnitudes from 2^-12 to 2^-4, both signs.
	randomScale = func(r *rand.Rand) uint16 { return uint16(r.Uint32())&0x83ff | uint16(3+r.UintN(8))<<10 }
)

func always[T any](v T) func(*rand.Rand) T { return func(*rand.Rand) T { return v } }

var weightCases = []weightCase{
	{"random", randomByte, randomScale},
	{"unit", randomByte, always[uint16](0x3c00)}, // scales of 1: integer results
	{"lowest", always[byte](0x80), randomScale},  // -128 where values are bytes
	{"highest", always[byte](0x7f), randomScale}, // 127 there
	{"all bits", always[byte](0xff), randomScale},
	{"no bits", always[byte](0), randomScale},
	{"zero scale", randomByte, always[uint16](0)},
	{"subnormal scale", randomByte, always[uint16](0x8001)},
	{"huge scale", randomByte, always[uint16](0x7bff)},
	{"infinite scale", randomByte, always[uint16](0xfc00)},
	{"NaN scale", randomByte, always[uint16](0x7e01)},
}

// weights returns rows of cols weights, stride bytes apart (a row and what lies
// between it and the next are a caller's choice), at an edge of mapped memory.
func (c *weightCase) weights(t *testing.T, r *rand.Rand, at edge, f *quant.Format, rows, cols, stride int) []byte {
	row := f.RowBytes(cols)
	w := guarded[byte](t, at, (rows-1)*stride+row)
	for i := range w {
		w[i] = c.value(r)
	}
	for i := range rows {
		c.scales(r, f, w[i*stride:][:row])
	}
	return w
}

func (c *weightCase) scales(r *rand.Rand, f *quant.Format, row []byte) {
	for ; len(row) > 0; row = row[f.BlockBytes:] {
		switch scale := c.scale(r); f.Type {
		case quant.F16:
			binary.LittleEndian.PutUint16(row, scale)
		case quant.BF16:
			binary.LittleEndian.PutUint16(row, uint16(math.Float32bits(quant.FromF16(scale))>>16))
		case quant.F32:
			binary.LittleEndian.PutUint32(row, math.Float32bits(quant.FromF16(scale)))
		default:
			for _, at := range scaleFields[f.Type] {
				binary.LittleEndian.PutUint16(row[at:], scale)
				scale = c.scale(r)
			}
		}
	}
}

// rowCase makes activations.
type rowCase struct {
	name  string
	q     func(r *rand.Rand) int8
	scale func(r *rand.Rand) float32
}

var (
	randomInt8  = func(r *rand.Rand) int8 { return int8(r.IntN(255) - 127) }
	randomFloat = func(r *rand.Rand) float32 { return r.Float32() }
)

var rowCases = []rowCase{
	{"random", randomInt8, randomFloat},
	{"unit", func(r *rand.Rand) int8 { return int8(r.IntN(15) - 7) }, always[float32](1)},
	{"lowest", always[int8](-127), randomFloat},
	{"highest", always[int8](127), always[float32](1)},
	{"peaks", func(r *rand.Rand) int8 { return [...]int8{-127, 127}[r.IntN(2)] }, randomFloat},
	{"zero", always[int8](0), always[float32](0)},
	{"subnormal scale", randomInt8, always[float32](0x1p-140)},
	{"huge scale", randomInt8, always[float32](0x1p100)},
	{"NaN scale", always[int8](0), always(float32(math.NaN()))},
}

// row returns cols activations, each slice at an edge of mapped memory.
func (c *rowCase) row(t *testing.T, r *rand.Rand, at edge, cols int) quant.Row {
	groups := cols / quant.ActivationGroup
	row := quant.Row{
		X: guarded[float32](t, at, cols), Q: guarded[int8](t, at, cols),
		Scale: guarded[float32](t, at, groups), Sum: guarded[float32](t, at, groups), Sum16: guarded[float32](t, at, 2*groups),
	}
	var sum [2]int32
	for i := range cols {
		g, half := i/32, i/16%2
		if i%32 == 0 {
			row.Scale[g], sum = c.scale(r), [2]int32{}
		}
		row.Q[i] = c.q(r)
		row.X[i] = row.Scale[g] * float32(row.Q[i])
		sum[half] += int32(row.Q[i])
		row.Sum16[2*g+half] = row.Scale[g] * float32(sum[half])
		row.Sum[g] = row.Scale[g] * float32(sum[0]+sum[1])
	}
	return row
}

// terms is the magnitude of what a dot product adds up: what its rounding error
// is measured by.
func terms(f *quant.Format, w []byte, x *quant.Row) (size float64) {
	cols := len(x.X)
	if !f.Integer() {
		row := make([]float32, cols)
		f.Dequantize(row, w)
		for i, v := range row {
			size += math.Abs(float64(v) * float64(x.X[i]))
		}
		return size
	}
	q, scale, min := make([]int8, cols), make([]float32, cols/f.Group), make([]float32, cols/f.Group)
	f.Unpack(q, scale, min, w)
	sum := sums(f, x.Sum, x.Sum16)
	for g := range scale {
		var dot int32
		for i := g * f.Group; i < (g+1)*f.Group; i++ {
			dot += int32(q[i]) * int32(x.Q[i])
		}
		size += math.Abs(float64(scale[g])*float64(x.Scale[g*f.Group/32])*float64(dot)) + math.Abs(float64(min[g])*float64(sum[g]))
	}
	return size
}

// exact is below what magnitude of terms an integer result has no rounding, in
// any order of additions.
const exact = 1 << 24

// checkDot compares one result with the portable one. Where all scales are one
// the integer sums show through, and must be equal.
func checkDot(t *testing.T, what string, f *quant.Format, w []byte, x *quant.Row, got float32, integers bool) {
	t.Helper()
	var want [1]float32
	Portable.Gemv[f.Type](want[:], w, len(w), x)
	size := terms(f, w, x)
	// The portable result is one sum of all terms, and may be off by half a unit of
	// each: for floats, which have 32 times as many of them.
	if !f.Integer() {
		size *= float64(1 + len(x.X)/64)
	}
	if integers && size >= exact {
		t.Fatalf("%s: terms of %g do not show integers: take fewer columns", what, size)
	}
	if integers && got != want[0] || !near(got, want[0], size) {
		t.Errorf("%s: %v, want %v (terms of %g)", what, got, want[0], size)
	}
}
