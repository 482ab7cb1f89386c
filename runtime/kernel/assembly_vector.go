package kernel

import "llamad/runtime/quant"

// The functions on vectors of floats, as assembly gets them: n counts floats, at
// least one; stride, the distance between f16 rows, is in bytes.
type (
	quantizeCallee = func(q *int8, scale, sum, sum16, x *float32, groups int)

	// dim is a multiple of 32, n counts rows.
	scoresCallee = func(s, q *float32, k *uint16, stride, n, dim int)
	mixCallee    = func(o, p *float32, v *uint16, stride, n, dim int)

	unpackColumnsCallee = func(f *float32, v *uint16, stride, cols int)

	widenCallee    = func(dst *uint16, q *byte, stride, n, dim int)
	narrowCallee   = func(dst *uint16, x *float32, n int)
	rmsNormCallee  = func(y, x, w *float32, n int, eps float32)
	softmaxCallee  = func(x *float32, n int, scale float32)
	pairwiseCallee = func(y, x *float32, n int)
)

func quantizeWith(call quantizeCallee) func(r *quant.Row, x []float32) {
	return func(r *quant.Row, x []float32) {
		r.X = x
		groups := len(x) / quant.ActivationGroup
		if groups == 0 {
			return
		}
		_, _ = r.Q[groups*quant.ActivationGroup-1], r.Scale[groups-1]
		_, _ = r.Sum[groups-1], r.Sum16[2*groups-1]
		call(&r.Q[0], &r.Scale[0], &r.Sum[0], &r.Sum16[0], &x[0], groups)
	}
}

func scoresWith(call scoresCallee) func(s, q []float32, k []uint16, stride int) {
	return func(s, q []float32, k []uint16, stride int) {
		n, dim := len(s), len(q)
		if n == 0 || dim == 0 || dim%32 != 0 {
			portableScores(s, q, k, stride)
			return
		}
		_ = k[(n-1)*stride+dim-1]
		call(&s[0], &q[0], &k[0], 2*stride, n, dim)
	}
}

func mixWith(call mixCallee) func(o, p []float32, v []uint16, stride int) {
	return func(o, p []float32, v []uint16, stride int) {
		n, dim := len(p), len(o)
		if n == 0 || dim == 0 || dim%32 != 0 {
			portableMix(o, p, v, stride)
			return
		}
		_ = v[(n-1)*stride+dim-1]
		call(&o[0], &p[0], &v[0], 2*stride, n, dim)
	}
}

func unpackColumnsWith(panelRows int, call unpackColumnsCallee) func(p *Panel, v []uint16, stride int) {
	return func(p *Panel, v []uint16, stride int) {
		_, _ = p.F[panelRows*p.Cols-1], v[(p.Cols-1)*stride+panelRows-1]
		call(&p.F[0], &v[0], 2*stride, p.Cols)
	}
}

func narrowWith(call narrowCallee) func(dst []uint16, x []float32) {
	return func(dst []uint16, x []float32) {
		if len(x) > 0 {
			_ = dst[len(x)-1]
			call(&dst[0], &x[0], len(x))
		}
	}
}

func widenWith(call widenCallee) func(dst []uint16, q []byte, stride, dim int) {
	f, _ := quant.Lookup(quant.Q8_0)
	return func(dst []uint16, q []byte, stride, dim int) {
		n := len(dst) / dim
		if n == 0 {
			return
		}
		_ = q[(n-1)*stride+f.RowBytes(dim)-1]
		call(&dst[0], &q[0], stride, n, dim)
	}
}

func rmsNormWith(call rmsNormCallee) func(y, x, w []float32, eps float32) {
	return func(y, x, w []float32, eps float32) {
		if len(x) > 0 {
			_, _ = y[len(x)-1], w[len(x)-1]
			call(&y[0], &x[0], &w[0], len(x), eps)
		}
	}
}

func softmaxWith(call softmaxCallee) func(x []float32, scale float32) {
	return func(x []float32, scale float32) {
		if len(x) > 0 {
			call(&x[0], len(x), scale)
		}
	}
}

// swiGLUWith and addWith: the second operand is as long as the first, or longer.
func swiGLUWith(call pairwiseCallee) func(g, u []float32) {
	return func(g, u []float32) {
		if len(g) > 0 {
			_ = u[len(g)-1]
			call(&g[0], &u[0], len(g))
		}
	}
}

func addWith(call pairwiseCallee) func(y, x []float32) {
	return func(y, x []float32) {
		if len(x) > 0 {
			_ = y[len(x)-1]
			call(&y[0], &x[0], len(x))
		}
	}
}

// ropeWith calls assembly for multiples of 16 floats, which heads have.
func ropeWith(portable func(x, t []float32), call pairwiseCallee) func(x, t []float32) {
	return func(x, t []float32) {
		n := len(t)
		if n == 0 || n%16 != 0 {
			portable(x, t)
			return
		}
		_ = x[n-1]
		call(&x[0], &t[0], n)
	}
}
