package llm

import (
	"bufio"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/kernel"
	"llamad/runtime/model"
	"llamad/runtime/tokenizer"
)

// smolLM2 is the path of SmolLM2-135M-Instruct Q4_1.
func smolLM2(t testing.TB) string {
	t.Helper()
	path := os.Getenv("LLAMAD_TEST_SMOLLM2")
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(cache, "llamad", "SmolLM2-135M-Instruct.Q4_1.gguf")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run make model, or set LLAMAD_TEST_SMOLLM2", err)
	}
	return path
}

// slow reports whether everything is to be tested, on every kernel class.
func slow() bool { return os.Getenv("LLAMAD_TEST_SLOW") != "" }

// prompt is a line of testdata/smollm2-135m-q4_1.jsonl: what exact f32 arithmetic
// on the dequantized weights gives, computed outside this project.
type prompt struct {
	Name   string
	Text   string
	Tokens []tokenizer.ID
	Top64  [][][2]float64 // (positions, 64) id and log-probability
	Greedy []tokenizer.ID
	Margin []float64 `json:"greedy_margin"` // logit gap between the greedy token and the runner-up
	KL     float64   `json:"llama_cpp_mean_kl"`
}

func prompts(t testing.TB) []prompt {
	t.Helper()
	f, err := os.Open("testdata/smollm2-135m-q4_1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []prompt
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p prompt
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := lines.Err(); err != nil || len(all) != 7 {
		t.Fatalf("%d prompts, %v; want 7", len(all), err)
	}
	return all
}

func open(t testing.TB, path string, o Options) *Model {
	t.Helper()
	m, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// logits computes tokens in a slot of their own and returns what follows each of
// them.
func logits(t testing.TB, m *Model, tokens []tokenizer.ID) [][]float32 {
	t.Helper()
	s, _, err := m.claim("test", nil, m.plan.Context)
	if err != nil {
		t.Fatal(err)
	}
	s.tokens = s.tokens[:0]
	return logitsFrom(t, m, s, tokens)
}

// logitsFrom computes what the slot does not hold yet of tokens.
func logitsFrom(t testing.TB, m *Model, s *slot, tokens []tokenizer.ID) [][]float32 {
	t.Helper()
	g := &generation{Model: m, Context: context.Background(), slot: s}
	var all [][]float32
	for at := len(s.tokens); at < len(tokens); at += batchRows {
		err := g.forward(tokens[at:min(at+batchRows, len(tokens))], model.All, func(_ int, l []float32) error {
			all = append(all, append([]float32(nil), l...))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// divergence is the KL divergence from the listed 64 tokens and one bucket for
// all others, in nats, mean over the positions.
func divergence(want [][][2]float64, got [][]float32) float64 {
	var sum float64
	for i, top := range want {
		var total float64
		for _, v := range got[i] {
			total += math.Exp(float64(v))
		}
		restP, restQ := 1.0, 1.0
		for _, pair := range top {
			p, q := math.Exp(pair[1]), math.Exp(float64(got[i][int(pair[0])]))/total
			sum += p * math.Log(p/q)
			restP, restQ = restP-p, restQ-q
		}
		if restP > 0 {
			sum += restP * math.Log(restP/restQ)
		}
	}
	return sum / float64(len(want))
}

// emulated says that the CPU is, and a hundred times slower than one.
func emulated() bool { return os.Getenv("LLAMAD_TEST_EMULATED") != "" }

// classes are the kernel classes to test here: all that this CPU runs, and the
// slow portable one where everything is wanted.
func classes() []*kernel.Set {
	var sets []*kernel.Set
	for _, set := range kernel.All() {
		if set.Usable && (set != &kernel.Portable || slow() && !emulated()) {
			sets = append(sets, set)
		}
	}
	return sets
}

// chosen are the prompts to test here: with all classes to go through on an
// emulated CPU, two of them stand for the others.
func chosen(t testing.TB) []prompt {
	all := prompts(t)
	if emulated() && !slow() {
		return []prompt{all[0], all[5]}
	}
	return all
}

// Next-token distributions are as near to exact arithmetic as llama.cpp's, whose
// mean over these prompts is 0.0050.
func TestSmolLM2IsAccurate(t *testing.T) {
	const limit = 0.0050
	list := chosen(t)
	for _, set := range classes() {
		t.Run(set.Name, func(t *testing.T) {
			m := open(t, smolLM2(t), Options{Kernel: set.Name})
			var sum, theirs float64
			for _, p := range list {
				kl := divergence(p.Top64, logits(t, m, p.Tokens))
				t.Logf("%-12s KL %.5f (llama.cpp %.5f)", p.Name, kl, p.KL)
				sum, theirs = sum+kl, theirs+p.KL
			}
			mean := sum / float64(len(list))
			t.Logf("mean KL %.5f (llama.cpp %.5f)", mean, theirs/float64(len(list)))
			if !(mean <= limit) {
				t.Errorf("mean KL from exact arithmetic is %.5f, want at most %.4f", mean, limit)
			}
		})
	}
}

// A KV cache in int8 takes half the memory and stays as near as f16 does.
func TestSmolLM2WithInt8Cache(t *testing.T) {
	f16 := open(t, smolLM2(t), Options{Context: 256})
	q8 := open(t, smolLM2(t), Options{Context: 256, KV: "q8_0"})
	if a, b := f16.Plan().KV, q8.Plan().KV; float64(b) > 0.54*float64(a) {
		t.Errorf("a session takes %d bytes with q8_0, %d with f16", b, a)
	}
	p := prompts(t)[5]
	kl := divergence(p.Top64, logits(t, q8, p.Tokens))
	t.Logf("KL %.5f (f16 %.5f, llama.cpp with f16 %.5f)", kl, divergence(p.Top64, logits(t, f16, p.Tokens)), p.KL)
	if !(kl <= 0.0050) {
		t.Errorf("KL from exact arithmetic is %.5f, want at most 0.0050", kl)
	}
}

// Forced along the exact continuation, the likeliest token is the same wherever
// the runner-up is not close. This goes through decode, token by token.
func TestSmolLM2FollowsTheExactGreedyText(t *testing.T) {
	const margin = 0.3
	for _, set := range classes() {
		t.Run(set.Name, func(t *testing.T) {
			m := open(t, smolLM2(t), Options{Kernel: set.Name})
			for _, p := range chosen(t) {
				all := append(append([]tokenizer.ID(nil), p.Tokens...), p.Greedy...)
				head := len(p.Tokens)
				s, _, err := m.claim("test", nil, m.plan.Context)
				if err != nil {
					t.Fatal(err)
				}
				s.tokens = s.tokens[:0]
				g := &generation{Model: m, Context: context.Background(), slot: s}
				check := func(i int, l []float32) {
					best := 0
					for id, v := range l {
						if v > l[best] {
							best = id
						}
					}
					if p.Margin[i] >= margin && tokenizer.ID(best) != p.Greedy[i] {
						t.Errorf("%s: token %d is %d, want %d (margin %.3f)", p.Name, i, best, p.Greedy[i], p.Margin[i])
					}
				}
				err = g.forward(all[:head], model.Last, func(_ int, l []float32) error { check(0, l); return nil })
				for i := 1; i < len(p.Greedy) && err == nil; i++ {
					err = g.forward(all[head+i-1:head+i], model.Last, func(_ int, l []float32) error { check(i, l); return nil })
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The file's tokenizer gives the reference's ids, control tokens parsed.
func TestSmolLM2Tokens(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	for _, p := range prompts(t) {
		ids, err := m.Encode(Prompt{Text: p.Text, Raw: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) != len(p.Tokens) || shared(ids, p.Tokens) != len(ids) {
			t.Errorf("%s: ids %v, want %v", p.Name, ids, p.Tokens)
		}
	}
}
