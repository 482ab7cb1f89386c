package llm

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/quant"
	"llamad/runtime/shape"
	"llamad/runtime/tokenizer"
)

// tinyShape divides into the blocks of every format.
var tinyShape = shape.Shape{Name: "tiny", Architecture: "llama", Layers: 2, Dim: 256, Hidden: 512, Heads: 4, KVHeads: 2,
	Vocab: 700, Context: 256, Eps: 1e-5, RopeBase: 1e4}

var raw = Prompt{Raw: true, Text: "What will random weights say?"}

// In every format a shape opens, answers with finite numbers, and is timed.
func TestEveryFormat(t *testing.T) {
	for _, f := range quant.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			m := open(t, writeShape(t, &tinyShape, f.Name), Options{})
			o := greedy(8)
			o.Logprobs = 3
			r, _, err := generate(t, m, context.Background(), "", encode(t, m, raw), o)
			if err != nil {
				t.Fatal(err)
			}
			for i, top := range r.Logprobs.TopIDs {
				for _, c := range top {
					// Of 700 tokens none is certain and the likeliest not hopeless.
					if p := float64(c.Logprob); !(p < -0.01 && p > -20) || math.IsNaN(p) {
						t.Errorf("token %d: log-probability %v", i, p)
					}
				}
			}

			meter := openMeter(t, m)
			prefill, err1 := meter.Prefill(context.Background(), 9, 1, nil)
			decode, err2 := meter.Decode(context.Background(), 3, 1, nil)
			if err := errors.Join(err1, err2); err != nil || prefill <= 0 || decode <= 0 {
				t.Errorf("prefill took %v, decode %v: %v", prefill, decode, err)
			}
			matrices := int64(0)
			for i, k := range m.Info().Kernels {
				if i > 0 || k.Format != f.Name || k.Decode == "" || k.Prefill == "" {
					t.Errorf("kernels %+v", k)
				}
				matrices += k.Bytes
			}
			// Everything but the embedding, of which a row is read, and the norms.
			embedding, norms := int64(tinyShape.Vocab*f.RowBytes(tinyShape.Dim)), int64(4*256*(2*2+1))
			if want := tinyShape.Bytes(f) - embedding - norms; matrices != want || m.TokenBytes() != want+int64(f.RowBytes(256)) {
				t.Errorf("%d bytes of matrices, %d a token; want %d", matrices, m.TokenBytes(), want)
			}
		})
	}
}

func openMeter(t *testing.T, m *Model) *Meter {
	t.Helper()
	meter, err := m.Meter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { meter.Close() })
	return meter
}

// cores makes the test run on n of them, whatever there are.
func cores(t *testing.T, n int) {
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

func TestMeterLeavesNothingBehind(t *testing.T) {
	cores(t, 3)
	m := open(t, writeShape(t, &tinyShape, "Q8_0"), Options{Context: 200, ThreadsDecode: 1})
	ids := encode(t, m, raw)
	before, _, err := generate(t, m, context.Background(), "", ids, greedy(8))
	if err != nil {
		t.Fatal(err)
	}
	meter := openMeter(t, m)
	var prefilled, decoded []int
	_, err1 := meter.Prefill(context.Background(), 150, 3, func(done int) { prefilled = append(prefilled, done) })
	_, err2 := meter.Decode(context.Background(), 3, 2, func(done int) { decoded = append(decoded, done) })
	fastest, err3 := meter.DecodeThreads(context.Background())
	speed, err4 := meter.ReadSpeed(context.Background(), 2)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(prefilled, []int{128, 150}) || !slices.Equal(decoded, []int{1, 2, 3}) {
		t.Errorf("progress of prefill %v, of decode %v", prefilled, decoded)
	}
	if fastest < 1 || fastest > 3 || speed <= 0 {
		t.Errorf("fastest with %d threads, reads %v bytes a second", fastest, speed)
	}
	if err := errors.Join(meter.Close(), meter.Close()); err != nil {
		t.Fatal(err)
	}
	if i := m.Info(); i.ThreadsPrefill != 3 || i.ThreadsDecode != 1 || m.state.ThreadsPrefill != 3 || m.state.ThreadsDecode != 1 {
		t.Errorf("threads afterwards: %+v, %+v", i, m.state.Options)
	}
	after, _, err := generate(t, m, context.Background(), "", ids, greedy(8))
	if err != nil || after.Text != before.Text || after.CompletionTokens != before.CompletionTokens {
		t.Errorf("before %q, after %q: %v", before.Text, after.Text, err)
	}
}

func TestMeterRefuses(t *testing.T) {
	cores(t, 2)
	m := open(t, writeShape(t, &tinyShape, "Q4_0"), Options{Context: 64})
	meter := openMeter(t, m)
	ctx, cancel := context.WithCancel(context.Background())
	for _, c := range []struct {
		name string
		run  func() error
		want string
	}{
		{"a prompt beyond the context", func() error { _, err := meter.Prefill(ctx, 65, 1, nil); return err }, "opened with a context of 64"},
		{"an answer beyond the context", func() error { _, err := meter.Decode(ctx, 65, 1, nil); return err }, "opened with a context of 64"},
		{"too many threads", func() error { _, err := meter.Decode(ctx, 1, 3, nil); return err }, "opened with 2"},
		{"no threads", func() error { _, err := meter.ReadSpeed(ctx, 0); return err }, "opened with 2"},
		{"cancelled prefill", func() error { cancel(); _, err := meter.Prefill(ctx, 8, 1, nil); return err }, context.Canceled.Error()},
		{"cancelled decode", func() error { _, err := meter.Decode(ctx, 8, 1, nil); return err }, context.Canceled.Error()},
		{"cancelled choice", func() error { _, err := meter.DecodeThreads(ctx); return err }, context.Canceled.Error()},
		{"cancelled reading", func() error { _, err := meter.ReadSpeed(ctx, 1); return err }, context.Canceled.Error()},
	} {
		if err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// The first answers tell how many threads decode is fastest with, and say the
// same as without the question.
func TestThreadsAreMeasuredOnAnswers(t *testing.T) {
	cores(t, 3)
	path := writeShape(t, &tinyShape, "Q4_0")
	seed := uint64(3)
	o := Defaults()
	o.Temperature, o.MaxTokens, o.Seed = 1, 60, &seed
	answers := func(m *Model) (all string) {
		for range 6 { // more tokens than a race of three takes, also where some answers end early
			ids := append([]tokenizer.ID(nil), encode(t, m, raw)...)
			r, _, err := generate(t, m, context.Background(), "", ids, o)
			if err != nil {
				t.Fatal(err)
			}
			all += r.Text
		}
		return all
	}
	want := answers(open(t, path, Options{ThreadsDecode: 1}))

	var told []int
	m := open(t, path, Options{
		OnThreads:    func(_ string, n int) { told = append(told, n) },
		KnownThreads: func(string) int { return 99 }, // from another machine
	})
	if n := m.Info().ThreadsDecode; n < 1 {
		t.Errorf("%d decode threads at the beginning", n)
	}
	if got := answers(m); got != want {
		t.Errorf("answers while threads are measured: %q, want %q", got, want)
	}
	if len(told) != 1 || told[0] < 1 || told[0] > 3 || m.Info().ThreadsDecode != told[0] || m.state.ThreadsDecode != told[0] {
		t.Errorf("told %v, now %d", told, m.Info().ThreadsDecode)
	}

	known := func(kernel string) int {
		if kernel != m.Info().Kernel {
			t.Errorf("asked for kernel class %q", kernel)
		}
		return 2
	}
	for name, o := range map[string]Options{
		"nobody wants to know": {},
		"given":                {ThreadsDecode: 2, OnThreads: func(string, int) {}},
		"known":                {KnownThreads: known, OnThreads: func(string, int) {}},
	} {
		m := open(t, path, o)
		if m.race != nil || name != "nobody wants to know" && m.Info().ThreadsDecode != 2 {
			t.Errorf("%s: %d threads, measured: %v", name, m.Info().ThreadsDecode, m.race != nil)
		}
	}
}
