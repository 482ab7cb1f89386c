package shape

import (
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"

	"llamad/runtime/quant"
)

// fields are the f16 numbers of an integer format's block; every other byte of
// it may be anything.
type fields struct {
	scale int // offset of the scale, or of the scales' scale
	min   int // offset of the minimum, or of the minimums' scale; 0 is none

	// centre is the minimum that goes with a scale of 1, so that random weights
	// lie around zero: half the largest value, away from zero in formats that add
	// their minimum, towards it in those that subtract.
	centre float32
}

var blockFields = map[quant.Type]fields{
	quant.Q8_0: {}, quant.Q4_0: {}, quant.Q5_0: {}, quant.IQ4NL: {},
	quant.Q4_1: {min: 2, centre: -7.5}, quant.Q5_1: {min: 2, centre: -15.5},
	quant.Q2_K: {scale: 80, min: 82, centre: 1.5}, quant.Q3_K: {scale: 108},
	quant.Q4_K: {min: 2, centre: 7.5}, quant.Q5_K: {min: 2, centre: 15.5},
	quant.Q6_K: {scale: 208},
}

// generator makes random weights of one format.
type generator struct {
	format *quant.Format
	random *rand.ChaCha8

	// Of an integer format: where the f16 numbers are, and what a scale of 1 gives.
	fields
	unit float64 // root mean square of the weights

	scaleBits, minBits uint16 // at the deviation in force
	mask, exponent     uint64 // of a float format: what of eight random bytes stays, and what is set
}

func newGenerator(f *quant.Format) *generator {
	g := &generator{format: f, random: rand.NewChaCha8([32]byte{})}
	if !f.Integer() {
		return g
	}
	g.fields = blockFields[f.Type]
	g.scaleBits, g.minBits = quant.ToF16(1), quant.ToF16(g.centre)
	sample := make([]byte, 64*f.BlockBytes)
	g.fill(sample)
	weights := make([]float32, 64*f.BlockLen)
	f.Dequantize(weights, sample)
	var squares float64
	for _, w := range weights {
		squares += float64(w) * float64(w)
	}
	g.unit = math.Sqrt(squares / float64(len(weights)))
	return g
}

// deviate sets how large the weights are from now on: their root mean square, or
// as near to it as a power of two comes in float formats.
func (g *generator) deviate(size float64) {
	if g.format.Integer() {
		scale := float32(size / g.unit)
		g.scaleBits, g.minBits = quant.ToF16(scale), quant.ToF16(scale*g.centre)
		return
	}
	// Random sign and fraction, fixed exponent: weights of 1 to 2 times 2^e, whose
	// root mean square is 1.53 times that.
	e := math.Round(math.Log2(size / 1.53))
	one := math.Exp2(e)
	switch g.format.Type {
	case quant.F32:
		g.mask, g.exponent = 0x807fffff, uint64(math.Float32bits(float32(one)))
	case quant.F16:
		g.mask, g.exponent = 0x83ff, uint64(quant.ToF16(float32(one)))
	case quant.BF16:
		g.mask, g.exponent = 0x807f, uint64(math.Float32bits(float32(one))>>16)
	}
	for width := 8 * g.format.BlockBytes; width < 64; width *= 2 {
		g.mask |= g.mask << width
		g.exponent |= g.exponent << width
	}
}

// fill makes whole blocks, a multiple of eight bytes of a float format.
func (g *generator) fill(b []byte) {
	g.random.Read(b) // never fails
	if !g.format.Integer() {
		for ; len(b) >= 8; b = b[8:] {
			binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)&g.mask|g.exponent)
		}
		return
	}
	for ; len(b) > 0; b = b[g.format.BlockBytes:] {
		// Half of the scales are negative: many formats reach further below zero than
		// above it.
		sign := binary.LittleEndian.Uint16(b[g.scale:]) & 0x8000
		binary.LittleEndian.PutUint16(b[g.scale:], g.scaleBits^sign)
		if g.min > 0 {
			binary.LittleEndian.PutUint16(b[g.min:], g.minBits^sign)
		}
	}
}

// chunk bounds the memory that a matrix takes while it is made, in bytes.
const chunk = 1 << 20

// matrix writes rows of cols weights, of a size that makes outputs about as large
// as inputs.
func (g *generator) matrix(out io.Writer, rows, cols int) error {
	g.deviate(1 / math.Sqrt(float64(cols)))
	rowBytes := g.format.RowBytes(cols)
	buffer := make([]byte, max(chunk/rowBytes, 1)*rowBytes)
	for left := rows * rowBytes; left > 0; left -= len(buffer) {
		buffer = buffer[:min(len(buffer), left)]
		g.fill(buffer)
		if _, err := out.Write(buffer); err != nil {
			return err
		}
	}
	return nil
}

// vector writes n times value as F32.
func vector(out io.Writer, n int, value float32) error {
	b := make([]byte, 0, 4*n)
	for range n {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(value))
	}
	_, err := out.Write(b)
	return err
}
