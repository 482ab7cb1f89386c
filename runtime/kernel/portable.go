package kernel

import (
	"sync"

	"llamad/runtime/quant"
)

// Portable is every kernel in plain Go, written to be read: it says what the
// others compute.
var Portable = Set{
	Name:      "portable",
	Chips:     "any CPU, in plain Go",
	Usable:    true,
	PanelRows: portableRows, TileRows: portableRows, KBlock: 1024,
	Quantize:      quant.QuantizeRow,
	Gemv:          byFormat(portableGemv),
	Unpack:        byFormat(portableUnpack),
	Pack:          portablePack,
	PackFloat:     portablePackFloat,
	Gemm:          portableGemm,
	GemmFloat:     portableGemmFloat,
	UnpackColumns: portableUnpackColumns,
	Scores:        portableScores,
	Mix:           portableMix,
	Narrow:        portableNarrow,
	Widen:         portableWiden,
	RMSNorm:       portableRMSNorm,
	RopePairs:     portableRopePairs,
	RopeHalves:    portableRopeHalves,
	SwiGLU:        portableSwiGLU,
	Softmax:       portableSoftmax,
	Add:           portableAdd,
}

// portableRows is both sides of the portable tile: enough to exercise the edges.
const portableRows = 4

// byFormat makes a table of what f gives for each format.
func byFormat[F any](f func(*quant.Format) F) (t [quant.NumTypes]F) {
	for _, format := range quant.Formats() {
		t[format.Type] = f(format)
	}
	return t
}

// unpackedRow is scratch of the portable Gemv.
type unpackedRow struct {
	q          []int8
	scale, min []float32
}

var unpackedRows = sync.Pool{New: func() any { return new(unpackedRow) }}

func (u *unpackedRow) resize(cols int) {
	if len(u.q) < cols {
		u.q, u.scale, u.min = make([]int8, cols), make([]float32, cols/16), make([]float32, cols/16)
	}
}

func portableGemv(f *quant.Format) func(y []float32, w []byte, stride int, x *quant.Row) {
	if !f.Integer() {
		return floatGemv(f)
	}
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		u := unpackedRows.Get().(*unpackedRow)
		defer unpackedRows.Put(u)
		cols := len(x.Q)
		u.resize(cols)
		groups := cols / f.Group
		for r := range y {
			f.Unpack(u.q[:cols], u.scale[:groups], u.min[:groups], w[r*stride:])
			y[r] = dot(f, u.q[:cols], u.scale, u.min, x.Q, x.Scale, sums(f, x.Sum, x.Sum16))
		}
	}
}

// sums picks the sums of activations that belong to a format's minimums.
func sums(f *quant.Format, per32, per16 []float32) []float32 {
	if f.Group == 16 {
		return per16
	}
	return per32
}

// dot is the meaning of every int8 kernel: for each group of weights the integer
// sum of products, times both scales; and where there are minimums, those times
// the sum of the activations.
func dot(f *quant.Format, w []int8, scale, min []float32, q []int8, qScale, qSum []float32) float32 {
	var y float32
	for g := range len(w) / f.Group {
		var sum int32
		for i := g * f.Group; i < (g+1)*f.Group; i++ {
			sum += int32(w[i]) * int32(q[i])
		}
		y += float32(float32(scale[g]*qScale[g*f.Group/quant.ActivationGroup]) * float32(sum))
		if f.HasMin {
			y += float32(min[g] * qSum[g])
		}
	}
	return y
}

// The portable panel holds its rows one after another.
func portableUnpack(f *quant.Format) func(p *Panel, w []byte, stride int) {
	return func(p *Panel, w []byte, stride int) {
		for r := range portableRows {
			if !f.Integer() {
				f.Dequantize(p.F[r*p.Cols:(r+1)*p.Cols], w[r*stride:])
				continue
			}
			groups := p.Cols / f.Group
			f.Unpack(p.Q[r*p.Cols:(r+1)*p.Cols], p.Scale[r*groups:(r+1)*groups], p.Min[r*groups:(r+1)*groups], w[r*stride:])
		}
	}
}

// The portable tile is its rows, read where they are.
func portablePack(t *Tiles, tile int)      {}
func portablePackFloat(t *Tiles, tile int) {}

func portableGemm(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool) {
	f := p.Format
	groups := p.Cols / f.Group
	forEachRow(t, t0, t1, func(token int, x *quant.Row) {
		g := col / quant.ActivationGroup
		sum := sums(f, x.Sum, x.Sum16)[col/f.Group:]
		for r := range portableRows {
			v := dot(f, p.Q[r*p.Cols:(r+1)*p.Cols], p.Scale[r*groups:], p.Min[r*groups:], x.Q[col:], x.Scale[g:], sum)
			store(&y[token*ldy+r], v, add)
		}
	})
}

func portableGemmFloat(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool) {
	forEachRow(t, t0, t1, func(token int, x *quant.Row) {
		for r := range portableRows {
			store(&y[token*ldy+r], dotFloat(p.F[r*p.Cols:(r+1)*p.Cols], x.X[col:]), add)
		}
	})
}

func forEachRow(t *Tiles, t0, t1 int, do func(token int, x *quant.Row)) {
	for token := t0 * portableRows; token < min(t1*portableRows, len(t.Rows)); token++ {
		do(token, &t.Rows[token])
	}
}

func store(y *float32, v float32, add bool) {
	if add {
		v += *y
	}
	*y = v
}

func dotFloat(w, x []float32) float32 {
	var y float32
	for i, v := range w {
		y += float32(v * x[i])
	}
	return y
}

var floatRows = sync.Pool{New: func() any { return new([]float32) }}

// floatGemv multiplies dequantized weights with f32 activations: all there is to
// the float formats.
func floatGemv(f *quant.Format) func(y []float32, w []byte, stride int, x *quant.Row) {
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		buffer := floatRows.Get().(*[]float32)
		defer floatRows.Put(buffer)
		if len(*buffer) < len(x.X) {
			*buffer = make([]float32, len(x.X))
		}
		row := (*buffer)[:len(x.X)]
		for r := range y {
			f.Dequantize(row, w[r*stride:])
			y[r] = dotFloat(row, x.X)
		}
	}
}
