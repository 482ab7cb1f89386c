package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"llamad/runtime/quant"
)

func TestQuantize(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	spread := func(v ...float32) func(r *rand.Rand) float32 {
		return func(r *rand.Rand) float32 { return v[r.IntN(len(v))] }
	}
	cases := []struct {
		name  string
		value func(r *rand.Rand) float32
	}{
		{"normal", func(r *rand.Rand) float32 { return float32(r.NormFloat64()) }},
		{"any bits", func(r *rand.Rand) float32 { return math.Float32frombits(r.Uint32()) }},
		{"ties", func(r *rand.Rand) float32 { return float32(r.IntN(255)-127) / 2 }},
		{"one outlier", spread(1e-3, -1e-3, 0, 2e-3, 1e3)},
		{"zero", spread(0)},
		{"both zeros", spread(0, float32(math.Copysign(0, -1)))},
		{"just quantized", spread(0x1p-100, -0x1p-101)},
		{"just too small", spread(0x1.fffffep-101, -0x1p-101)},
		{"subnormal", spread(0x1p-149, -0x1p-127)},
		{"huge", spread(math.MaxFloat32, -math.MaxFloat32, 1)},
		{"infinite", spread(inf, 1, -3)},
		{"minus infinity", spread(-inf, 1, -3)},
		{"NaN", spread(nan, 1, -3)},
	}
	eachSet(t, func(t *testing.T, s *Set) {
		for _, c := range cases {
			for i, groups := range []int{1, 2, 3, 4, 5, 8, 17} {
				at, n := edges[i%len(edges)], groups*quant.ActivationGroup
				r := rand.New(rand.NewPCG(5, uint64(groups)))
				x := guarded[float32](t, at, n)
				for j := range x {
					x[j] = c.value(r)
				}
				var want quant.Row = quant.RowOver(make([]int8, n), make([]float32, quant.RowFloats(n)), n)
				var got quant.Row = quant.RowOver(guarded[int8](t, at, n), guarded[float32](t, at, quant.RowFloats(n)), n)
				quant.QuantizeRow(&want, x)
				pollute(s)
				s.Quantize(&got, x)
				if !slices.Equal(got.Q, want.Q) || !sameBits(got.Scale, want.Scale) || !sameBits(got.Sum, want.Sum) || !sameBits(got.Sum16, want.Sum16) {
					t.Errorf("%s, %d groups: %v, want %v", c.name, groups, got, want)
				}
				if &got.X[0] != &x[0] || len(got.X) != n {
					t.Errorf("%s: X is not the row given", c.name)
				}
			}
		}
	})
}

// sameBits compares floats, but for the payload of NaNs, which is not the same
// on all processors.
func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool {
		return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
	})
}
