package kernel

import (
	"fmt"
	"os"
	"strings"

	"llamad/runtime/quant"
)

// Set is one implementation of every kernel. Functions indexed by format are nil
// for formats that cannot reach them.
type Set struct {
	Name   string // "dotprod"; LLAMAD_KERNEL and the log use it
	Chips  string // what it is for, "Cortex-A76: Raspberry Pi 5"
	Usable bool   // this CPU can run it

	// PanelRows weight rows by TileRows activation rows is the tile of Gemm and
	// GemmFloat; KBlock columns of a panel are unpacked at a time, a multiple of
	// 256 (the longest block of any format).
	PanelRows, TileRows, KBlock int

	// WeightBias, where it is not 0, is what Unpack may add to weights, for
	// multipliers that want them unsigned; Pack then fills Tiles.Start.
	WeightBias int

	// Quantize fills r from x; see quant.QuantizeRow, which it equals bit for bit.
	Quantize func(r *quant.Row, x []float32)

	// Gemv computes y[i] = sum over columns of weight row i times x, where row i
	// begins at w[i*stride].
	Gemv [quant.NumTypes]func(y []float32, w []byte, stride int, x *quant.Row)

	// Unpack fills p with PanelRows rows of p.Cols columns, row i from
	// w[i*stride]: Q, Scale and Min for integer formats, F for float formats. The
	// order inside p is the Set's own.
	Unpack [quant.NumTypes]func(p *Panel, w []byte, stride int)

	// Pack lays the rows of one tile out for Gemm, PackFloat for GemmFloat, in
	// the Set's own order. The results of rows beyond the batch mean nothing.
	Pack, PackFloat func(t *Tiles, tile int)

	// Gemm multiplies a panel of an integer format with tiles t0 to t1, whose
	// columns from col on stand against the panel's: y[token*ldy+row] is set, or
	// added to. y has room for whole tiles.
	Gemm func(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool)

	// GemmFloat is Gemm for a panel of floats.
	GemmFloat func(y []float32, ldy int, p *Panel, t *Tiles, col, t0, t1 int, add bool)

	// UnpackColumns fills p.F with PanelRows columns of len(v)/stride f16 rows, so
	// that GemmFloat mixes values: row i of the panel is v[i], v[i+stride], ...
	UnpackColumns func(p *Panel, v []uint16, stride int)

	// Scores computes s[i] = q . k[i] over len(q) numbers, the f16 rows k[i]
	// beginning at k[i*stride].
	Scores func(s, q []float32, k []uint16, stride int)

	// Mix adds the sum over i of p[i] * v[i] to o, the f16 rows v[i] as in Scores.
	Mix func(o, p []float32, v []uint16, stride int)

	// Narrow rounds x to f16.
	Narrow func(dst []uint16, x []float32)

	// Widen turns rows of Q8_0 blocks into f16, dim numbers of each: row i begins
	// at q[i*stride] and goes to dst[i*dim]. dim is a multiple of 32.
	Widen func(dst []uint16, q []byte, stride, dim int)

	// RMSNorm computes y = x / sqrt(mean(x^2) + eps) * w.
	RMSNorm func(y, x, w []float32, eps float32)

	// RopePairs turns each pair (x[2i], x[2i+1]) by the angle whose cosine and
	// sine are t[2i] and t[2i+1]; RopeHalves each pair (x[i], x[i+len(x)/2]).
	RopePairs, RopeHalves func(x, t []float32)

	// SwiGLU computes g = g / (1 + exp(-g)) * u.
	SwiGLU func(g, u []float32)

	// Softmax replaces x by exp(scale*x) over its sum.
	Softmax func(x []float32, scale float32)

	// Add computes y += x.
	Add func(y, x []float32)

	names [quant.NumTypes]Kernels
}

// All lists every Set of this build, the one for the fastest CPU first, Portable
// last.
func All() []*Set { return append(assembly(), &Portable) }

// Environment names the variable that forces a Set.
const Environment = "LLAMAD_KERNEL"

// Choose returns the Set of that name; "" takes the name from the environment,
// and without one the first that this CPU can run.
func Choose(name string) (*Set, error) {
	if name == "" {
		name = os.Getenv(Environment)
	}
	var names []string
	for _, s := range All() {
		if s.Usable && (name == "" || s.Name == name) {
			return s, nil
		}
		if s.Usable {
			names = append(names, s.Name)
		}
	}
	return nil, fmt.Errorf("kernel class %q does not run on this CPU: choose one of %s, or none for the best", name, strings.Join(names, ", "))
}
