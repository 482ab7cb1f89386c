package sample

import (
	"math"
	"testing"
)

func TestExp(t *testing.T) {
	for x := -690.0; x < 40; x += 0.00917 {
		if got, want := exp(x), math.Exp(x); math.Abs(got/want-1) > 8e-9 {
			t.Fatalf("exp(%v) = %v, want %v", x, got, want)
		}
	}
	for x, want := range map[float64]float64{0: 1, math.Copysign(0, -1): 1, -701: 0, -1e308: 0, math.Inf(-1): 0, math.NaN(): 0} {
		if got := exp(x); got != want {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
}

func TestCutoff(t *testing.T) {
	for _, p := range []float32{1, 0.999, 0.5, 0.1, 0.05, 1e-3, 1e-30, math.SmallestNonzeroFloat32} {
		d := cutoff(p)
		if want := -math.Log(float64(p)); math.Abs(float64(d)-want) > 1e-6*max(1, want) {
			t.Errorf("cutoff(%v) = %v, want %v", p, d, want)
		}
		if exp(-float64(d)) < float64(p) || exp(-float64(math.Nextafter32(d, 1000))) >= float64(p) {
			t.Errorf("cutoff(%v) = %v is not the last that stays", p, d)
		}
	}
	if d := cutoff(0); !math.IsInf(float64(d), 1) {
		t.Errorf("cutoff(0) = %v", d)
	}
	if d := cutoff(1.5); d != 0 {
		t.Errorf("cutoff(1.5) = %v", d)
	}
}
