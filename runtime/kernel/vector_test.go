package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

func randomFloats(t *testing.T, r *rand.Rand, at edge, n int) []float32 {
	x := guarded[float32](t, at, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func copyOf(t *testing.T, at edge, x []float32) []float32 {
	y := guarded[float32](t, at, len(x))
	copy(y, x)
	return y
}

func abs(x float32) float64 { return math.Abs(float64(x)) }

// compare wants each value near the portable one, relative to size and to itself.
func compare(t *testing.T, what string, got, want []float32, size float64) {
	t.Helper()
	for i := range want {
		if !near(got[i], want[i], size+abs(want[i])) {
			t.Errorf("%s: [%d] of %d is %v, want %v", what, i, len(want), got[i], want[i])
			return
		}
	}
}

// eachLength runs a test for every Set, both edges and lengths around the
// widths of vectors.
func eachLength(t *testing.T, f func(t *testing.T, s *Set, r *rand.Rand, at edge, n int)) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, at := range edges {
			for n := 1; n < 70; n++ {
				f(t, s, rand.New(rand.NewPCG(7, uint64(n))), at, n)
			}
			for _, n := range []int{127, 576, 1000} {
				f(t, s, rand.New(rand.NewPCG(7, uint64(n))), at, n)
			}
		}
	})
}

func TestAdd(t *testing.T) {
	eachLength(t, func(t *testing.T, s *Set, r *rand.Rand, at edge, n int) {
		x, got := randomFloats(t, r, at, n), randomFloats(t, r, at, n)
		want := append([]float32(nil), got...)
		pollute(s)
		s.Add(got, x)
		Portable.Add(want, x)
		compare(t, "Add", got, want, 0)
	})
}

func TestRMSNorm(t *testing.T) {
	eachLength(t, func(t *testing.T, s *Set, r *rand.Rand, at edge, n int) {
		for _, size := range []float32{1, 0, 1e-30, 1e18, 1e30} {
			x, w := randomFloats(t, r, at, n), randomFloats(t, r, at, n)
			for i := range x {
				x[i] *= size
			}
			got, want := guarded[float32](t, at, n), make([]float32, n)
			pollute(s)
			s.RMSNorm(got, x, w, 1e-5)
			Portable.RMSNorm(want, x, w, 1e-5)
			compare(t, "RMSNorm", got, want, 0)
			pollute(s)
			s.RMSNorm(x, x, w, 1e-5) // in place
			compare(t, "RMSNorm in place", x, want, 0)
		}
	})
}

func TestRope(t *testing.T) {
	eachLength(t, func(t *testing.T, s *Set, r *rand.Rand, at edge, n int) {
		if n%2 != 0 {
			return
		}
		x, table := randomFloats(t, r, at, n), guarded[float32](t, at, n)
		for i := 0; i < n; i += 2 {
			sin, cos := math.Sincos(r.Float64() * 100)
			table[i], table[i+1] = float32(cos), float32(sin)
		}
		for _, c := range []struct {
			name           string
			call, portable func(x, t []float32)
		}{{"RopePairs", s.RopePairs, Portable.RopePairs}, {"RopeHalves", s.RopeHalves, Portable.RopeHalves}} {
			got, want := copyOf(t, at, x), append([]float32(nil), x...)
			pollute(s)
			c.call(got, table)
			c.portable(want, table)
			compare(t, c.name, got, want, 1)
		}
	})
}

func TestSwiGLU(t *testing.T) {
	eachLength(t, func(t *testing.T, s *Set, r *rand.Rand, at edge, n int) {
		g, u := randomFloats(t, r, at, n), randomFloats(t, r, at, n)
		for i := range g {
			g[i] *= 8
		}
		for i, v := range []float32{100, -100, 0, 1000, -1000, 87.5, -87.5, 88.8, -88.8, -104, 1e30, -1e30} {
			if i*3 < n {
				g[i*3] = v
			}
		}
		want := append([]float32(nil), g...)
		pollute(s)
		s.SwiGLU(g, u)
		Portable.SwiGLU(want, u)
		compare(t, "SwiGLU", g, want, 0)
	})
}

func TestSoftmax(t *testing.T) {
	eachLength(t, func(t *testing.T, s *Set, r *rand.Rand, at edge, n int) {
		for _, size := range []float32{1, 30, 1000, 0} {
			got := randomFloats(t, r, at, n)
			for i := range got {
				got[i] *= size
			}
			want := append([]float32(nil), got...)
			pollute(s)
			s.Softmax(got, 0.125)
			Portable.Softmax(want, 0.125)
			compare(t, "Softmax", got, want, 0x1p-20)
		}
	})
}

func TestNarrow(t *testing.T) {
	eachLength(t, func(t *testing.T, s *Set, r *rand.Rand, at edge, n int) {
		x, got := guarded[float32](t, at, n), guarded[uint16](t, at, n)
		for i := range x {
			switch i % 4 {
			case 0:
				x[i] = float32(r.NormFloat64())
			case 1: // all of f16's range, ties included
				x[i] = quant.FromF16(uint16(r.Uint32())&0xfbff) * (1 + 0x1p-11)
			case 2:
				x[i] = float32(r.NormFloat64() * 0x1p-20)
			case 3:
				x[i] = [...]float32{0, 65504, 65519, 65520, -1e30, float32(math.Inf(-1)), float32(math.NaN()), 0x1p-25, 0x1.8p-25}[r.IntN(9)]
			}
		}
		pollute(s)
		s.Narrow(got, x)
		for i, v := range x {
			if want := quant.ToF16(v); got[i] != want && v == v || v != v && got[i]&0x7c00 != 0x7c00 {
				t.Fatalf("Narrow: %v (%#08x) is %#04x, want %#04x", v, math.Float32bits(v), got[i], want)
			}
		}
	})
}

func TestAttention(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, at := range edges {
			for _, dim := range []int{32, 48, 64, 80, 96, 128} {
				for n := 1; n < 12; n++ {
					attention(t, s, at, dim, n, dim)
				}
				attention(t, s, at, dim, 100, 3*dim)
			}
		}
	})
}

func attention(t *testing.T, s *Set, at edge, dim, n, stride int) {
	r := rand.New(rand.NewPCG(uint64(dim), uint64(n)))
	rows := guarded[uint16](t, at, (n-1)*stride+dim)
	for i := range rows {
		rows[i] = randomScale(r)
	}
	q, got, want := randomFloats(t, r, at, dim), guarded[float32](t, at, n), make([]float32, n)
	pollute(s)
	s.Scores(got, q, rows, stride)
	Portable.Scores(want, q, rows, stride)
	compare(t, "Scores", got, want, 1)

	p, sum := randomFloats(t, r, at, n), randomFloats(t, r, at, dim)
	mixed := append([]float32(nil), sum...)
	pollute(s)
	s.Mix(sum, p, rows, stride)
	Portable.Mix(mixed, p, rows, stride)
	compare(t, "Mix", sum, mixed, 1)
}
