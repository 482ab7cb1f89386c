package model

import (
	"math"

	"llamad/runtime/kernel"
)

// oracle is the same model written the slow and plain way: every weight
// dequantized, float64 sums, no cache, no batch, no kernel. It returns the logits
// after every token, (tokens, vocab).
func oracle(m *Model, tokens []int32) [][]float32 {
	c := &m.Config
	n := len(tokens)
	x := make([][]float64, n) // (tokens, dim)
	for i, t := range tokens {
		x[i] = oracleRow(&m.Embedding, int(t))
	}
	for l := range m.Layers {
		w := &m.Layers[l]
		q, k, v := make([][]float64, n), make([][]float64, n), make([][]float64, n)
		for i := range x {
			h := oracleNorm(x[i], w.AttentionNorm, c.Eps)
			q[i] = oracleTurn(c, oracleMul(&w.Q, h, w.QBias), i)
			k[i] = oracleTurn(c, oracleMul(&w.K, h, w.KBias), i)
			v[i] = oracleMul(&w.V, h, w.VBias)
		}
		for i := range x {
			a := make([]float64, c.QDim())
			for head := range c.Heads {
				oracleAttend(c, a[head*c.HeadDim:], q[i][head*c.HeadDim:], k[:i+1], v[:i+1], head*c.KVHeads/c.Heads*c.HeadDim)
			}
			oracleAdd(x[i], oracleMul(&w.O, a, nil))
			h := oracleNorm(x[i], w.FeedForwardNorm, c.Eps)
			g, u := oracleMul(&w.Gate, h, nil), oracleMul(&w.Up, h, nil)
			for j := range g {
				g[j] = g[j] / (1 + math.Exp(-g[j])) * u[j]
			}
			oracleAdd(x[i], oracleMul(&w.Down, g, nil))
		}
	}
	logits := make([][]float32, n)
	for i := range x {
		for _, y := range oracleMul(&m.Output, oracleNorm(x[i], m.OutputNorm, c.Eps), nil) {
			logits[i] = append(logits[i], float32(y))
		}
	}
	return logits
}

func oracleRow(m *kernel.Matrix, row int) []float64 {
	w := make([]float32, m.Cols)
	m.Format.Dequantize(w, m.Data[row*m.Format.RowBytes(m.Cols):])
	y := make([]float64, m.Cols)
	for i, v := range w {
		y[i] = float64(v)
	}
	return y
}

func oracleMul(m *kernel.Matrix, x []float64, bias []float32) []float64 {
	y := make([]float64, m.Rows)
	for r := range y {
		for i, w := range oracleRow(m, r) {
			y[r] += w * x[i]
		}
		if bias != nil {
			y[r] += float64(bias[r])
		}
	}
	return y
}

func oracleNorm(x []float64, w []float32, eps float32) []float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	scale := 1 / math.Sqrt(sum/float64(len(x))+float64(eps))
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v * scale * float64(w[i])
	}
	return y
}

func oracleTurn(c *Config, x []float64, position int) []float64 {
	t := make([]float32, c.Rope.Dims)
	c.Rope.Angles(t, position)
	for head := 0; head < len(x); head += c.HeadDim {
		for i := range c.Rope.Dims / 2 {
			a, b := head+2*i, head+2*i+1
			if c.Rope.Halves {
				a, b = head+i, head+i+c.Rope.Dims/2
			}
			cos, sin := float64(t[2*i]), float64(t[2*i+1])
			x[a], x[b] = x[a]*cos-x[b]*sin, x[a]*sin+x[b]*cos
		}
	}
	return x
}

func oracleAttend(c *Config, out, q []float64, k, v [][]float64, at int) {
	p := make([]float64, len(k))
	var sum float64
	for t := range k {
		for j := range c.HeadDim {
			p[t] += q[j] * k[t][at+j]
		}
		p[t] = math.Exp(p[t] / math.Sqrt(float64(c.HeadDim)))
		sum += p[t]
	}
	for t := range v {
		for j := range c.HeadDim {
			out[j] += p[t] / sum * v[t][at+j]
		}
	}
}

func oracleAdd(x, y []float64) {
	for i, v := range y {
		x[i] += v
	}
}
