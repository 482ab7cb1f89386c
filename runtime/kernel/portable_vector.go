package kernel

import (
	"encoding/binary"
	"math"

	"llamad/runtime/quant"
)

func portableUnpackColumns(p *Panel, v []uint16, stride int) {
	for r := range portableRows {
		for i := range p.Cols {
			p.F[r*p.Cols+i] = quant.FromF16(v[i*stride+r])
		}
	}
}

func portableScores(s, q []float32, k []uint16, stride int) {
	for i := range s {
		var sum float32
		for j, x := range q {
			sum += float32(x * quant.FromF16(k[i*stride+j]))
		}
		s[i] = sum
	}
}

func portableMix(o, p []float32, v []uint16, stride int) {
	for i, x := range p {
		for j := range o {
			o[j] += float32(x * quant.FromF16(v[i*stride+j]))
		}
	}
}

func portableNarrow(dst []uint16, x []float32) {
	for i, v := range x {
		dst[i] = quant.ToF16(v)
	}
}

func portableWiden(dst []uint16, q []byte, stride, dim int) {
	f, _ := quant.Lookup(quant.Q8_0)
	for i := range len(dst) / dim {
		for b := range dim / f.BlockLen {
			block := q[i*stride+b*f.BlockBytes:][:f.BlockBytes]
			scale := quant.FromF16(binary.LittleEndian.Uint16(block))
			for j, v := range block[2:] {
				dst[i*dim+b*f.BlockLen+j] = quant.ToF16(scale * float32(int8(v)))
			}
		}
	}
}

// Zhang and Sennrich, "Root Mean Square Layer Normalization", equation 4.
func portableRMSNorm(y, x, w []float32, eps float32) {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	scale := float32(1 / math.Sqrt(sum/float64(len(x))+float64(eps)))
	for i, v := range x {
		y[i] = float32(v*scale) * w[i]
	}
}

// Su et al., "RoFormer", equation 34.
func portableRopePairs(x, t []float32) {
	for i := 0; i < len(t); i += 2 {
		x[i], x[i+1] = turn(x[i], x[i+1], t[i], t[i+1])
	}
}

func portableRopeHalves(x, t []float32) {
	half := len(t) / 2
	for i := range half {
		x[i], x[i+half] = turn(x[i], x[i+half], t[2*i], t[2*i+1])
	}
}

func turn(a, b, cos, sin float32) (float32, float32) {
	return float32(a*cos) - float32(b*sin), float32(a*sin) + float32(b*cos)
}

// Shazeer, "GLU Variants Improve Transformer", equation 6, without its matrices.
func portableSwiGLU(g, u []float32) {
	for i, v := range g {
		g[i] = v / (1 + float32(math.Exp(-float64(v)))) * u[i]
	}
}

func portableSoftmax(x []float32, scale float32) {
	largest := float32(math.Inf(-1))
	for _, v := range x {
		largest = max(largest, v)
	}
	var sum float64
	for i, v := range x {
		x[i] = float32(math.Exp(float64(float32(v-largest) * scale)))
		sum += float64(x[i])
	}
	for i := range x {
		x[i] /= float32(sum)
	}
}

func portableAdd(y, x []float32) {
	for i, v := range x {
		y[i] += v
	}
}
