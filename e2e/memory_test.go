package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
	"llamad/runtime/llm"
)

// load is a model and how it is opened.
type load struct {
	name    string
	model   func(testing.TB) string
	context int
	kv      string
	slots   int // KV caches that the budget has room for, to the byte
	service bool
}

// loads are a few, or with LLAMAD_TEST_SLOW those that matter.
func loads() []load {
	list := []load{
		{"mini, 3 caches", mini("mini-q4_k_s"), 256, "f16", 3, true},
		{"SmolLM2, 2 caches", smolLM2, 512, "f16", 2, true},
		{"SmolLM2, q8_0", smolLM2, 512, "q8_0", 1, false},
	}
	if os.Getenv("LLAMAD_TEST_SLOW") == "" {
		return list
	}
	return append(list,
		load{"mini in floats", mini("mini-f16"), 256, "q8_0", 8, true},
		load{"mini qwen2", mini("mini-family-qwen2"), 128, "f16", 1, false},
		load{"SmolLM2, 4 caches", smolLM2, 512, "q8_0", 4, true},
		load{"SmolLM2, long", smolLM2, 2048, "f16", 1, true},
		load{"SmolLM2, long, q8_0", smolLM2, 2048, "q8_0", 1, false},
		load{"many words", manyWords, 256, "f16", 2, true},
		load{"TinyLlama", tinyLlama, 512, "f16", 2, true},
		load{"TinyLlama, long", tinyLlama, 1024, "q8_0", 1, false},
	)
}

// plan is what show --memory --json says.
type plan struct {
	Weights, Program, KV, Scratch, Heap, Anonymous, Total, Budget int64
	HeldBack                                                      int64 `json:"held_back"`
	Slots, Context                                                int
	Fits                                                          bool
}

func (l *load) plan(t *testing.T, path, config string) (p plan) {
	t.Helper()
	r := native.run(t, "", "show", "--memory", "--json", "--config", config, path)
	if r.code != 0 {
		t.Fatalf("show: exit %d, %s", r.code, r.stderr)
	}
	if err := json.Unmarshal([]byte(r.stdout), &p); err != nil {
		t.Fatalf("show: %v: %s", err, r.stdout)
	}
	return p
}

// configure writes a configuration, with a budget in bytes.
func (l *load) configure(t *testing.T, dir, path, broker string, budget int64) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "llamad.toml")
	text := fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"test\"\nraw = true\n[model]\npath = %q\n[memory]\ncontext = %d\nkv = %q\nbudget = %d\n",
		broker, path, l.context, l.kv, budget)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// prompts are texts that fill all contexts but for a few positions. They have no
// beginning in common, so that each goes to a cache of its own.
func (l *load) prompts(t *testing.T, path string) (list []string) {
	t.Helper()
	tokens, err := llm.OpenVocabulary(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.slots {
		text := ""
		for word := string(rune('a'+i)) + " "; ; text += word {
			if len(tokens.Encode(text+word, true)) > l.context-8 {
				break
			}
		}
		list = append(list, text)
	}
	return list
}

// A process comes to what was planned once its contexts have been full, and never
// to more than its budget, which here is the plan to the byte.
func TestSlowMemoryIsAsPlanned(t *testing.T) {
	for _, l := range loads() {
		t.Run(l.name, func(t *testing.T) {
			dir, path := t.TempDir(), l.model(t)
			one := l.plan(t, path, l.configure(t, dir, path, "mqtt://127.0.0.1:1", 1<<40))
			budget := one.Total + int64(l.slots-one.Slots)*one.KV/int64(one.Slots)
			used := l.run
			if l.service {
				used = l.serve
			}
			peak := used(t, dir, path, budget)
			p := l.plan(t, path, filepath.Join(dir, "llamad.toml"))
			if p.Slots != l.slots || p.Total != budget || !p.Fits {
				t.Fatalf("the plan has %d caches and %d of %d bytes, want %d and all", p.Slots, p.Total, budget, l.slots)
			}
			off := peak.anonymous - p.Anonymous
			t.Logf("anonymous: planned %.1f MB, measured %.1f (%+.1f); in all: budget %.1f MB, measured %.1f",
				mb(p.Anonymous), mb(peak.anonymous), mb(off), mb(budget), mb(peak.resident))
			if max(off, -off) > max(p.Anonymous/20, 4<<20) {
				t.Errorf("%.1f MB of anonymous memory were planned, and %.1f taken: want 5 %% or 4 MiB between at the most", mb(p.Anonymous), mb(peak.anonymous))
			}
			if peak.resident > budget {
				t.Errorf("%.1f MB were taken of a budget of %.1f", mb(peak.resident), mb(budget))
			}
		})
	}
}

func mb(n int64) float64 { return float64(n) / 1e6 }

// usage is what a process takes.
type usage struct{ anonymous, resident int64 }

// usageOf reads what a process takes now and, in all, has taken at most.
func usageOf(pid int) (u usage, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, false
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(words[1], 10, 64)
		switch words[0] {
		case "RssAnon:":
			u.anonymous, ok = n<<10, true
		case "VmHWM:":
			u.resident = n << 10
		}
	}
	return u, ok
}

// serve fills every cache of a daemon, and then its queue.
func (l *load) serve(t *testing.T, dir, path string, budget int64) usage {
	t.Helper()
	broker := mosquittotest.Start(t)
	d := serveWith(t, native, l.configure(t, dir, path, broker.URL(), budget), dir)
	c := dial(t, broker)
	c.waitOnline(native.slow)
	for i, text := range l.prompts(t, path) {
		id := fmt.Sprintf("fill-%d", i)
		c.publish("prompt", 1, object{"id": id, "prompt": text, "raw": true, "max_tokens": 0, "deadline_s": 600})
		if a := c.answer("response", id, 10*time.Minute); a.Status != "ok" || a.Usage.Prompt+a.Usage.Completion < l.context-10 || a.Timings.Cached > l.context/2 {
			t.Fatalf("%+v, want an answer that fills a context of %d", a, l.context)
		}
	}
	u, ok := usageOf(d.cmd.Process.Pid)
	if !ok {
		t.Fatal("the daemon's memory cannot be read")
	}
	l.checkHealth(t, c, path, u, budget)

	// A burst of the longest prompts there may be, in both forms.
	long := strings.Repeat("Who is there? ", 4500)
	for i := range 12 {
		c.paho.Publish(base+"prompt", 1, false, fmt.Sprintf(`{"id":"burst-%d","messages":[{"role":"user","content":"%s"}]}`, i, long))
	}
	for i := range 12 {
		if a := c.answer("response", fmt.Sprintf("burst-%d", i), native.slow); a.Error.Code != "context_overflow" && a.Error.Code != "queue_full" {
			t.Errorf("a prompt beyond the context: %+v", a)
		}
	}
	after, ok := usageOf(d.cmd.Process.Pid)
	if !ok {
		t.Fatal("the daemon died of it")
	}
	t.Logf("after a burst: anonymous %.1f MB, in all %.1f", mb(after.anonymous), mb(after.resident))
	u.resident = after.resident
	return u
}

// checkHealth looks whether the daemon says the same of itself.
func (l *load) checkHealth(t *testing.T, c *client, path string, u usage, budget int64) {
	t.Helper()
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	c.until("health", native.slow, func(payload []byte) bool {
		var h struct {
			Busy   bool
			Memory struct{ Anonymous, Model, KV, Budget int64 }
		}
		if err := json.Unmarshal(payload, &h); err != nil {
			t.Fatal(err)
		}
		m, off := h.Memory, h.Memory.Anonymous-u.anonymous
		// The program is taken to be there whole: what is not hides as much of a model.
		hidden := file.Size() < 4<<20
		return !h.Busy && max(off, -off) < 2<<20 && m.Budget == budget && m.KV > 0 && (m.Model > 0 || hidden) && m.Model <= file.Size()
	})
}

// run fills the context of one answer. Memory is only ever added to until it
// ends, so the last look at it is the one that counts.
func (l *load) run(t *testing.T, dir, path string, budget int64) (most usage) {
	t.Helper()
	config := l.configure(t, dir, path, "mqtt://127.0.0.1:1", budget)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := native.start(ctx, "run", "--config", config, "--raw", "--max-tokens", "0", path)
	cmd.Stdin = strings.NewReader(l.prompts(t, path)[0])
	stderr := &strings.Builder{}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		if u, ok := usageOf(cmd.Process.Pid); ok {
			most.anonymous, most.resident = max(most.anonymous, u.anonymous), max(most.resident, u.resident)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			return most
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// With a megabyte less than the smallest context takes, run ends with the table
// and the service stays up and says why it has no answers.
func TestBudgetThatIsTooSmall(t *testing.T) {
	l := load{context: 512, kv: "f16", slots: 1}
	dir, path := t.TempDir(), smolLM2(t)
	least := l.plan(t, path, l.configure(t, dir, path, "mqtt://127.0.0.1:1", 1<<40))
	budget := least.Total - int64(least.Slots-1)*least.KV/int64(least.Slots) - 1e6
	broker := mosquittotest.Start(t)
	l.context = 0 // the model's own, shrunk to min_context at the most
	config := l.configure(t, dir, path, broker.URL(), budget)

	r := native.run(t, "", "run", "--config", config, path, "Hello")
	if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "does not fit the memory budget") || !strings.Contains(r.stderr, "  KV cache ") {
		t.Errorf("run: exit %d, %q %q", r.code, r.stdout, r.stderr)
	}

	serveWith(t, native, config, dir)
	c := dial(t, broker)
	c.waitOnline(native.slow)
	c.until("info", native.slow, func(payload []byte) bool {
		var info struct {
			Status, Message string
			Model           any
		}
		return json.Unmarshal(payload, &info) == nil && info.Status == "memory_budget" && info.Model == nil && strings.Contains(info.Message, "it would fit with memory.kv")
	})
	for i := range 2 { // it stays up
		id := fmt.Sprintf("q%d", i)
		c.publish("prompt", 1, object{"id": id, "prompt": "Hello"})
		a := c.answer("response", id, native.slow)
		if a.Error.Code != "memory_budget" || strings.Contains(a.Error.Message, "\n") || !strings.HasSuffix(a.Error.Message, `it would fit with memory.kv = "q8_0"`) {
			t.Errorf("%+v", a)
		}
	}
}
