package llm

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func inspect(t *testing.T, path string, o Options) Plan {
	t.Helper()
	d, err := Inspect(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return d.Plan
}

// needs is what the model would take with one KV cache of that many positions.
func needs(t *testing.T, path string, positions int, kv string) int64 {
	t.Helper()
	p := inspect(t, path, Options{Context: positions, KV: kv, Budget: 1 << 40})
	return p.Total() - int64(p.Slots-1)*p.KV
}

func TestPlan(t *testing.T) {
	q8, f32 := writeShape(t, &tinyShape, "Q8_0"), writeShape(t, &tinyShape, "F32")
	at := func(positions int) int64 { return needs(t, q8, positions, "f16") }
	kv := inspect(t, q8, Options{Budget: 1 << 40}).KV
	const trained = 256
	for _, c := range []struct {
		name    string
		path    string
		o       Options
		context int // 0: it does not fit
		slots   int
		largest int
		cure    string
	}{
		{"room for all", q8, Options{Budget: 1 << 40}, trained, maxSlots, trained, ""},
		{"a byte less than for two caches", q8, Options{Budget: at(trained) + kv - 1}, trained, 1, trained, ""},
		{"room for two caches", q8, Options{Budget: at(trained) + kv}, trained, 2, trained, ""},
		{"a default context is shrunk", q8, Options{Budget: at(128), MinContext: 64}, 128, 1, 128, ""},
		{"down to the smallest that will do", q8, Options{Budget: at(64), MinContext: 64}, 64, 1, 64, ""},
		{"which need not be a step", q8, Options{Budget: at(80), MinContext: 80}, 80, 1, 80, ""},
		{"and no further", q8, Options{Budget: at(192) - 1, MinContext: 192, KV: "q8_0"}, 192, 1, 192, ""},
		{"half the KV cache would do", q8, Options{Budget: at(192) - 1, MinContext: 192}, 0, 1, 128, `it would fit with memory.kv = "q8_0"`},
		{"a context that is asked for is never shrunk", q8, Options{Budget: needs(t, q8, 200, "q8_0") - 1, Context: 200, KV: "q8_0"}, 0, 1, 192, "the largest context that fits is 192: set memory.context to it"},
		{"it may be longer than what the model was trained for", q8, Options{Budget: 1 << 40, Context: 1000}, 1000, maxSlots, 1000, ""},
		{"another format would do", f32, Options{Budget: at(trained) + 1<<20}, 0, 1, 0, "a Q8_0 file of this model (about 2 MB) would fit, with a context of 256"},
		{"nothing would do", q8, Options{Budget: 1 << 20}, 0, 1, 0, "no smaller format of this model would fit: choose a smaller model or raise memory.budget"},
		{"what is held back counts", q8, Options{Budget: at(trained), Headroom: 1}, 0, 1, 192, `it would fit with memory.kv = "q8_0"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := inspect(t, c.path, c.o)
			if p.Fits() != (c.context > 0) || c.context > 0 && p.Context != c.context || p.Slots != c.slots || p.Largest != c.largest {
				t.Errorf("context %d, %d slots, largest %d, want %d, %d, %d\n%s", p.Context, p.Slots, p.Largest, c.context, c.slots, c.largest, &p)
			}
			if p.Fits() != (p.Total() <= p.Budget) || p.Total() != p.Weights+p.Program+int64(p.Slots)*p.KV+p.Scratch+p.Heap+p.Headroom {
				t.Errorf("the numbers do not add up:\n%s", &p)
			}
			if c.context == 0 {
				checkTooLarge(t, c.path, c.o, c.cure)
			}
		})
	}
}

// checkTooLarge opens a model that is too large: one line with the cure, and the
// table.
func checkTooLarge(t *testing.T, path string, o Options, cure string) {
	t.Helper()
	_, err := Open(context.Background(), path, o)
	var budget *BudgetError
	if !errors.As(err, &budget) {
		t.Fatalf("opened with %v, want a *BudgetError", err)
	}
	line, table, _ := strings.Cut(err.Error(), "\n")
	if !strings.Contains(line, "the model does not fit the memory budget: it takes ") || !strings.HasSuffix(line, "; "+cure) {
		t.Errorf("%q, want it to end with %q", line, cure)
	}
	for _, name := range []string{"weights", "program", "KV cache", "scratch", "Go heap", "held back", "total", "budget"} {
		if !strings.Contains(table, "\n  "+name) && !strings.HasPrefix(table, "  "+name) {
			t.Errorf("the table lacks %q:\n%s", name, table)
		}
	}
}

// A format that saves nothing is no cure.
func TestSmallerFormatsAreSmaller(t *testing.T) {
	for format, first := range map[string]string{"F32": "F16", "F16": "Q8_0", "Q8_0": "Q6_K"} {
		files := inspect(t, writeShape(t, &tinyShape, format), Options{Budget: 1 << 40}).Files
		if len(files) == 0 || files[0].Format != first {
			t.Errorf("in place of %s: %+v, expected %s first", format, files, first)
		}
	}
}
