package model

import (
	"bufio"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/kernel"
	"llamad/runtime/mmap"
	"llamad/runtime/pool"
)

// reference is a line of testdata/mini/logits.jsonl: what exact arithmetic gives
// for one of the small random models, computed outside this project.
type reference struct {
	File       string
	Tokens     []int32
	LastLogits []float32 `json:"last_logits"`
	Argmax     []int
	KL         float64 `json:"llama_cpp_mean_kl"` // llama.cpp's own distance from the exact logits
}

func references(t *testing.T) []reference {
	t.Helper()
	f, err := os.Open("testdata/mini/logits.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []reference
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r reference
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) != 15 {
		t.Fatalf("%d reference models, want 15", len(all))
	}
	return all
}

func load(t testing.TB, path string) *Model {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func argmax(logits []float32) int {
	best := 0
	for i, v := range logits {
		if v > logits[best] {
			best = i
		}
	}
	return best
}

// The oracle itself is held to the reference, for every tensor format and family.
func TestExactLogits(t *testing.T) {
	for _, r := range references(t) {
		t.Run(r.File, func(t *testing.T) {
			m := load(t, filepath.Join("testdata/mini", r.File))
			logits := oracle(m, r.Tokens)
			for i, want := range r.Argmax {
				if got := argmax(logits[i]); got != want {
					t.Errorf("argmax at position %d = %d, want %d", i, got, want)
				}
			}
			var worst float64
			for i, want := range r.LastLogits {
				worst = max(worst, math.Abs(float64(logits[len(logits)-1][i]-want)))
			}
			if worst > 1e-3 {
				t.Errorf("last logits are off by %.2g, want at most 1e-3", worst)
			}
		})
	}
}

// engine is a model made ready to run, with one cache.
type engine struct {
	*State
	cache *Cache
}

func newEngine(t testing.TB, m *Model, set *kernel.Set, threads int) *engine {
	return newEngineKV(t, m, set, threads, "f16")
}

func newEngineKV(t testing.TB, m *Model, set *kernel.Set, threads int, kv string) *engine {
	t.Helper()
	const context = 256
	format, err := KVFormat(&m.Config, kv)
	if err != nil {
		t.Fatal(err)
	}
	var memory mmap.Arena
	s := NewState(m, Options{Kernel: set, Batch: 40, Context: context, KV: format, ThreadsPrefill: threads, ThreadsDecode: threads}, &memory)
	e := &engine{State: s, cache: NewCache(&m.Config, format, context, &memory)}
	if err := memory.Map(); err != nil {
		t.Fatal(err)
	}
	p := pool.New(threads)
	s.Start(p)
	t.Cleanup(func() {
		p.Close()
		if err := memory.Free(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// logits runs tokens through the engine in batches of the given sizes, the last
// of which repeats, and returns the logits after every token.
func (e *engine) logits(t testing.TB, tokens []int32, batches ...int) [][]float32 {
	t.Helper()
	var all [][]float32
	for at := 0; at < len(tokens); {
		n := min(batches[0], len(tokens)-at)
		if len(batches) > 1 {
			batches = batches[1:]
		}
		err := e.Forward(always, []Span{{Cache: e.cache, Position: at, Tokens: tokens[at : at+n], Logits: All}},
			func(_ int, logits []float32) error {
				all = append(all, append([]float32(nil), logits...))
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
		at += n
	}
	return all
}

// divergence is the mean over positions of the Kullback-Leibler divergence of
// got's distribution from want's, in nats.
func divergence(want, got [][]float32) float64 {
	var sum float64
	for i := range want {
		p, q := logSoftmax(want[i]), logSoftmax(got[i])
		for j := range p {
			sum += math.Exp(p[j]) * (p[j] - q[j])
		}
	}
	return sum / float64(len(want))
}

func logSoftmax(logits []float32) []float64 {
	var sum float64
	for _, v := range logits {
		sum += math.Exp(float64(v))
	}
	out := make([]float64, len(logits))
	for i, v := range logits {
		out[i] = float64(v) - math.Log(sum)
	}
	return out
}

// Every kernel class stays as near to exact arithmetic as llama.cpp does, for
// every format and family, through GEMM as well as through GEMV.
func TestKernelPathIsAccurate(t *testing.T) {
	for _, r := range references(t) {
		m := load(t, filepath.Join("testdata/mini", r.File))
		want := oracle(m, r.Tokens)
		limit := max(1.5*r.KL, 5e-4)
		for _, set := range kernel.All() {
			if !set.Usable {
				continue
			}
			for name, batches := range map[string][]int{"decode": {1}, "prefill": {len(r.Tokens)}, "mixed": {7, 1, 9, 1}} {
				t.Run(r.File+"/"+set.Name+"/"+name, func(t *testing.T) {
					kl := divergence(want, newEngine(t, m, set, 2).logits(t, r.Tokens, batches...))
					t.Logf("mean KL %.2g (llama.cpp %.2g)", kl, r.KL)
					if !(kl <= limit) {
						t.Errorf("mean KL from exact arithmetic is %.3g, want at most %.3g", kl, limit)
					}
				})
			}
		}
	}
}

// The same text at any number of threads: every result is computed whole by one
// worker, in an order that its shape alone decides.
func TestThreadsDoNotChangeResults(t *testing.T) {
	r := references(t)[2]
	m := load(t, filepath.Join("testdata/mini", r.File))
	for _, set := range kernel.All() {
		if !set.Usable {
			continue
		}
		one := newEngine(t, m, set, 1).logits(t, r.Tokens, 13, 1)
		three := newEngine(t, m, set, 3).logits(t, r.Tokens, 13, 1)
		for i := range one {
			for j := range one[i] {
				if one[i][j] != three[i][j] {
					t.Fatalf("%s: logit %d after token %d is %v with one thread and %v with three", set.Name, j, i, one[i][j], three[i][j])
				}
			}
		}
	}
}

// Two sequences in one batch, and a copied prefix, give what each gives alone.
func TestSpansAndCopiedPrefixes(t *testing.T) {
	r := references(t)[2]
	m := load(t, filepath.Join("testdata/mini", r.File))
	set := &kernel.Portable
	want := newEngine(t, m, set, 2).logits(t, r.Tokens, 10, 1)

	e, other := newEngine(t, m, set, 2), newEngine(t, m, set, 2)
	e.logits(t, r.Tokens[:10], 10)
	other.cache.CopyPrefix(e.cache, 10)
	var got [][]float32
	for i := 10; i < len(r.Tokens); i++ {
		err := e.Forward(always, []Span{
			{Cache: e.cache, Position: i, Tokens: r.Tokens[i : i+1], Logits: Last},
			{Cache: other.cache, Position: i, Tokens: r.Tokens[i : i+1], Logits: Last},
		}, func(_ int, logits []float32) error {
			got = append(got, append([]float32(nil), logits...))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range got {
		if d := divergence(want[10+i/2:11+i/2], got[i:i+1]); d > 1e-9 {
			t.Errorf("token %d of sequence %d differs from the one computed alone by %.2g nats", 10+i/2, i%2, d)
		}
	}
}

// Alternatives side by side behind one prompt give what each gives alone.
func TestHiddenPositions(t *testing.T) {
	r := references(t)[2]
	m := load(t, filepath.Join("testdata/mini", r.File))
	const head = 9
	alternatives := [][]int32{r.Tokens[head : head+5], r.Tokens[head+2 : head+3], r.Tokens[head+3 : head+9]}
	for _, set := range kernel.All() {
		if !set.Usable {
			continue
		}
		e := newEngine(t, m, set, 2)
		e.logits(t, r.Tokens[:head], head)
		var spans []Span
		var want, got [][]float32
		at := head
		for _, tokens := range alternatives {
			alone := newEngine(t, m, set, 2).logits(t, append(append([]int32(nil), r.Tokens[:head]...), tokens...), head, len(tokens))
			want = append(want, alone[head:]...)
			spans = append(spans, Span{Cache: e.cache, Position: at, Tokens: tokens, Logits: All, Hidden: Range{head, at}})
			at += len(tokens)
		}
		// The last one goes on in a second batch.
		last := spans[2]
		spans[2].Tokens = last.Tokens[:2]
		last.Position, last.Tokens = last.Position+2, last.Tokens[2:]
		for _, batch := range [][]Span{spans, {last}} {
			if err := e.Forward(always, batch, func(_ int, logits []float32) error {
				got = append(got, append([]float32(nil), logits...))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if d := divergence(want, got); len(got) != len(want) || d > 1e-4 {
			t.Errorf("%s: side by side the alternatives differ from each alone by %.2g nats", set.Name, d)
		}
	}
}

// A cache in int8 costs little: about what int8 activations do. Its prefix copies
// as well, and the order of batches does not matter.
func TestInt8Cache(t *testing.T) {
	r := references(t)[2]
	m := load(t, filepath.Join("testdata/mini", r.File))
	want := oracle(m, r.Tokens)
	for _, set := range kernel.All() {
		if !set.Usable {
			continue
		}
		for _, batches := range [][]int{{1}, {len(r.Tokens)}, {7, 1, 9, 1}} {
			e := newEngineKV(t, m, set, 2, "q8_0")
			kl := divergence(want, e.logits(t, r.Tokens, batches...))
			t.Logf("%s, batches of %v: mean KL %.2g (f16: %.2g)", set.Name, batches, kl,
				divergence(want, newEngine(t, m, set, 2).logits(t, r.Tokens, batches...)))
			if !(kl <= 2*r.KL) {
				t.Errorf("%s, batches of %v: mean KL is %.3g, want at most %.3g", set.Name, batches, kl, 2*r.KL)
			}
			other := newEngineKV(t, m, set, 1, "q8_0")
			other.cache.CopyPrefix(e.cache, len(r.Tokens)-1)
			err := other.Forward(always, []Span{{Cache: other.cache, Position: len(r.Tokens) - 1, Tokens: r.Tokens[len(r.Tokens)-1:], Logits: Last}},
				func(_ int, logits []float32) error {
					if d := divergence(want[len(want)-1:], [][]float32{logits}); d > 10*r.KL {
						t.Errorf("%s: behind a copied prefix the last logits are off by %.3g nats", set.Name, d)
					}
					return nil
				})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := KVFormat(&m.Config, "q4_0"); err == nil {
		t.Error("a cache in q4_0 is no error")
	}
}

// always goes on.
func always() error { return nil }

// Before each layer and each tile of logits it is asked whether to go on: a batch
// takes seconds on a small board.
func TestForwardStopsWhereItIsTold(t *testing.T) {
	m := load(t, "testdata/mini/mini-q8_0.gguf")
	e := newEngine(t, m, &kernel.Portable, 1)
	tokens := make([]int32, 2*kernel.Portable.TileRows)
	span := []Span{{Cache: e.cache, Tokens: tokens, Logits: All}}
	whole := len(m.Layers) + 2 // tiles
	for stop := range whole + 1 {
		asked, rows := 0, 0
		told := errors.New("told to stop")
		err := e.Forward(func() error {
			if asked++; asked > stop {
				return told
			}
			return nil
		}, span, func(int, []float32) error { rows++; return nil })
		if stop == whole {
			told = nil
		}
		if want := max(stop-len(m.Layers), 0) * kernel.Portable.TileRows; err != told || rows != want {
			t.Errorf("stopped at question %d of %d: %v after the logits of %d rows, want %v after %d", stop, whole, err, rows, told, want)
		}
	}
}

func TestForwardRefusesWhatDoesNotFit(t *testing.T) {
	m := load(t, "testdata/mini/mini-q8_0.gguf")
	e := newEngine(t, m, &kernel.Portable, 1)
	for name, span := range map[string]Span{
		"token beyond the vocabulary": {Tokens: []int32{int32(m.Vocab)}},
		"negative token":              {Tokens: []int32{-1}},
		"position beyond the cache":   {Position: 256, Tokens: []int32{1}},
		"more rows than a batch":      {Tokens: make([]int32, 41)},
		"hides what is not before it": {Position: 3, Tokens: []int32{1}, Hidden: Range{2, 4}},
	} {
		span.Cache = e.cache
		if err := e.Forward(always, []Span{span}, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	m := load(t, "testdata/mini/mini-q4_1.gguf")
	for _, set := range kernel.All() {
		if !set.Usable {
			continue
		}
		e := newEngine(t, m, set, 2)
		span := []Span{{Cache: e.cache, Tokens: []int32{1}, Logits: Last}}
		each := func(int, []float32) error { return nil }
		n := testing.AllocsPerRun(50, func() {
			if err := e.Forward(always, span, each); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: a decode step allocates %v times", set.Name, n)
		}
	}
}
