package kernel

import (
	"math"
	"os"
	"testing"

	"llamad/runtime/quant"
)

// requireKernel names the environment variable that holds the class a machine
// is expected to have: "dotprod" under an emulated Cortex-A76. Without it, a
// broken detection would look like a machine that lacks the class.
const requireKernel = "LLAMAD_TEST_REQUIRE_KERNEL"

func TestRequiredKernel(t *testing.T) {
	want := os.Getenv(requireKernel)
	if want == "" {
		return
	}
	if got, err := Choose(""); err != nil || got.Name != want {
		t.Fatalf("%s=%s, but Choose gives %v, %v", requireKernel, want, got, err)
	}
}

// eachSet runs a test once for every Set that this CPU can run.
func eachSet(t *testing.T, f func(t *testing.T, s *Set)) {
	for _, s := range All() {
		if s.Usable {
			t.Run(s.Name, func(t *testing.T) { f(t, s) })
		}
	}
}

// TestComplete holds every Set of the build, also those this CPU can't run, to
// having every function.
func TestComplete(t *testing.T) {
	for _, s := range All() {
		for _, f := range []bool{
			s.Quantize == nil, s.Pack == nil, s.PackFloat == nil, s.Gemm == nil, s.GemmFloat == nil,
			s.UnpackColumns == nil, s.Scores == nil, s.Mix == nil, s.Narrow == nil, s.RMSNorm == nil,
			s.RopePairs == nil, s.RopeHalves == nil, s.SwiGLU == nil, s.Softmax == nil, s.Add == nil,
		} {
			if f {
				t.Errorf("%s lacks a function", s.Name)
			}
		}
		for _, f := range testFormats {
			if s.Gemv[f.Type] == nil || s.Unpack[f.Type] == nil {
				t.Errorf("%s cannot run %s", s.Name, f.Name)
			}
		}
		if s.KBlock%256 != 0 || s.PanelRows < 1 || s.TileRows < 1 {
			t.Errorf("%s: panel of %d rows, tile of %d, block of %d columns", s.Name, s.PanelRows, s.TileRows, s.KBlock)
		}
	}
}

// sentinel marks memory that a kernel must leave alone.
const sentinel = -0x1.5p100

// sentinels returns n guarded floats that all hold the sentinel.
func sentinels(t *testing.T, at edge, n int) []float32 {
	y := guarded[float32](t, at, n)
	for i := range y {
		y[i] = sentinel
	}
	return y
}

func finite(x float32) bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) }

// near reports whether got is want but for the rounding of sums whose terms add
// up to size in magnitude, or of a subnormal scale. What is not finite must not
// be so in either; but terms that add up to more than a float holds may overflow
// in one order and not in another.
func near(got, want float32, size float64) bool {
	if size > math.MaxFloat32 && !math.IsInf(size, 1) {
		return true
	}
	if !finite(want) || !finite(got) {
		return !finite(want) && !finite(got)
	}
	return math.Abs(float64(got)-float64(want)) <= 0x1p-19*size+0x1p-120
}

// pollute leaves NaNs in many of the vector registers, so that a kernel which
// forgets to clear one does not get away with it.
func pollute(s *Set) {
	s.Gemv[quant.F32](pollution.y[:], pollution.w[:], 4*32, &quant.Row{X: pollution.x[:]})
	s.Softmax(pollution.y[:], 1)
}

var pollution = func() (p struct {
	y [8]float32
	w [8 * 4 * 32]byte
	x [32]float32
}) {
	for i := range p.w {
		p.w[i] = 0x7f
	}
	for i := range p.x {
		p.x[i] = float32(math.NaN())
	}
	return p
}()
