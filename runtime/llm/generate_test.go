package llm

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"llamad/runtime/tokenizer"
)

const question = "Who are you?"

// generate runs one prompt to its end.
func generate(t testing.TB, m *Model, ctx context.Context, key string, ids []tokenizer.ID, o GenerateOptions) (Result, []string, error) {
	t.Helper()
	s, err := m.Session(key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var pieces []string
	for text, err := range s.Generate(ctx, ids, o) {
		if err != nil {
			return s.Result(), pieces, err
		}
		pieces = append(pieces, text)
	}
	return s.Result(), pieces, nil
}

func encode(t testing.TB, m *Model, p Prompt) []tokenizer.ID {
	t.Helper()
	ids, err := m.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func greedy(max int) GenerateOptions {
	o := Defaults()
	o.Temperature, o.RepeatPenalty, o.MaxTokens = 0, 1, max
	return o
}

func TestGenerateAnswers(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	ids := encode(t, m, Prompt{Text: question})
	r, pieces, err := generate(t, m, context.Background(), "", ids, greedy(24))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Text, "help") || strings.Join(pieces, "") != r.Text {
		t.Errorf("text %q in pieces %q", r.Text, pieces)
	}
	if r.FinishReason != FinishLength || r.PromptTokens != len(ids) || r.CompletionTokens != 24 {
		t.Errorf("result = %+v", r)
	}
}

func TestSeedRepeatsTheText(t *testing.T) {
	seed := uint64(7)
	o := Defaults()
	o.Temperature, o.MaxTokens, o.Seed = 1.2, 24, &seed
	var texts []string
	for _, threads := range []int{1, 2, 1} {
		m := open(t, smolLM2(t), Options{ThreadsPrefill: threads, ThreadsDecode: threads})
		r, _, err := generate(t, m, context.Background(), "", encode(t, m, Prompt{Text: question}), o)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, r.Text)
		if r.Seed != seed {
			t.Errorf("seed = %d, want %d", r.Seed, seed)
		}
	}
	if texts[0] != texts[1] || texts[0] != texts[2] {
		t.Errorf("the same seed gave %q", texts)
	}
}

func TestStopStrings(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	ids := encode(t, m, Prompt{Text: question})
	full, _, err := generate(t, m, context.Background(), "", ids, greedy(24))
	if err != nil {
		t.Fatal(err)
	}
	// A stop that begins and ends in the middle of tokens.
	at := len(full.Text) / 2
	o := greedy(24)
	o.Stop = []string{"never in there", full.Text[at : at+7]}
	m = open(t, smolLM2(t), Options{}) // kept state would change the last bits of the logits
	r, pieces, err := generate(t, m, context.Background(), "", ids, o)
	if err != nil {
		t.Fatal(err)
	}
	want := full.Text[:strings.Index(full.Text, o.Stop[1])]
	if r.Text != want || strings.Join(pieces, "") != want || r.FinishReason != FinishStop {
		t.Errorf("text %q, pieces %q, finish %q; want %q and stop", r.Text, pieces, r.FinishReason, want)
	}
}

func TestContextOverflow(t *testing.T) {
	m := open(t, smolLM2(t), Options{Context: 64})
	ids := make([]tokenizer.ID, 64)
	var overflow *ContextError
	if _, _, err := generate(t, m, context.Background(), "", ids, greedy(1)); !errors.As(err, &overflow) || overflow.Prompt != 64 || overflow.Context != 64 {
		t.Errorf("64 tokens into 64 positions: %v", err)
	}
	// What fits is answered, shorter.
	r, _, err := generate(t, m, context.Background(), "", ids[:60], greedy(100))
	if err != nil || r.CompletionTokens > 4 || r.CompletionTokens == 4 && r.FinishReason != FinishLength {
		t.Errorf("60 tokens into 64 positions: %+v, %v", r, err)
	}
}

func TestCancelAndDeadline(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	ids := encode(t, m, Prompt{Text: "Tell me a very long story."})

	ctx, cancel := context.WithCancel(context.Background())
	s, err := m.Session("")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range s.Generate(ctx, ids, greedy(0)) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			cancel()
		}
	}
	r := s.Result()
	s.Close()
	if r.FinishReason != FinishCancelled || n > 4 || r.Text == "" {
		t.Errorf("cancelled after three pieces: %d pieces, %+v", n, r)
	}

	ctx, cancel = context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	if r, _, err := generate(t, m, ctx, "", ids, greedy(0)); err != nil || r.FinishReason != FinishDeadline {
		t.Errorf("a deadline that has passed: %+v, %v", r, err)
	}
}

// A second prompt with the same head prefills only what is new, and to the same
// result.
func TestPrefixIsReused(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	system := strings.Repeat("The kitchen light is on and the heating is off. ", 50)
	first := encode(t, m, Prompt{System: system, Text: "Is the light on?"})
	second := encode(t, m, Prompt{System: system, Text: "Should I turn on the heating?"})
	head := shared(first, second)
	if head < 500 {
		t.Fatalf("the prompts share %d tokens, want 500", head)
	}
	if _, _, err := generate(t, m, context.Background(), "", first, greedy(8)); err != nil {
		t.Fatal(err)
	}
	var begins []int
	o := greedy(8)
	o.OnPrefill = func(done, _ int) { begins = append(begins, done) }
	warm, _, err := generate(t, m, context.Background(), "", second, o)
	if err != nil {
		t.Fatal(err)
	}
	if warm.CachedTokens != head || begins[0] != head {
		t.Errorf("%d tokens cached, prefill from %v; want %d", warm.CachedTokens, begins, head)
	}

	// The logits after the last token, with and without.
	reused := lastLogits(t, m, second, head)
	fresh := lastLogits(t, m, second, 0)
	var worst float64
	for i := range fresh {
		worst = max(worst, math.Abs(float64(reused[i]-fresh[i])))
	}
	t.Logf("logits differ by at most %.2g", worst)
	if worst > 0.05 {
		t.Errorf("logits differ by %.3g with reuse, want at most 0.05", worst)
	}
}

// lastLogits computes ids of which the slot they go to already holds the first
// cached ones, and returns what follows them.
func lastLogits(t *testing.T, m *Model, ids []tokenizer.ID, cached int) []float32 {
	t.Helper()
	s, got, err := m.claim("", ids, m.plan.Context)
	if err != nil || got < cached {
		t.Fatalf("claim = %d cached, %v; want %d", got, err, cached)
	}
	s.tokens = s.tokens[:cached]
	all := logitsFrom(t, m, s, ids)
	return all[len(all)-1]
}

func TestSlots(t *testing.T) {
	m := open(t, smolLM2(t), Options{Context: 256})
	if m.plan.Slots < 3 {
		t.Fatalf("plan has %d slots, want at least 3", m.plan.Slots)
	}
	prompt := func(text string) []tokenizer.ID { return encode(t, m, Prompt{Text: text, Raw: true}) }
	use := func(key, text string) (cached int) {
		r, _, err := generate(t, m, context.Background(), key, prompt(text), greedy(1))
		if err != nil {
			t.Fatal(err)
		}
		return r.CachedTokens
	}
	head := strings.Repeat("one two three four five ", 8)
	n := len(prompt(head))
	use("", head+"and six")
	if got := use("", head+"and seven"); got < n-1 {
		t.Errorf("a prompt with the same head: %d cached, want about %d", got, n)
	}
	if got := use("kitchen", head+"in the kitchen"); got < n-1 {
		t.Errorf("a conversation copies what it shares with another prompt: %d cached, want about %d", got, n)
	}
	use("", strings.Repeat("something else altogether ", 20))
	if got := use("kitchen", head+"in the kitchen, and then some"); got < n+2 {
		t.Errorf("a conversation finds its own state again: %d cached, want more than %d", got, n+2)
	}
	if got := use("", head+"and eight"); got < n-1 {
		t.Errorf("the first prompt's state is still there: %d cached, want about %d", got, n)
	}
}

func TestEchoAndLogprobs(t *testing.T) {
	m := open(t, smolLM2(t), Options{})
	p := prompts(t)[5]
	o := greedy(2)
	o.Echo, o.Logprobs = true, 4
	r, _, err := generate(t, m, context.Background(), "", encode(t, m, Prompt{Text: p.Text, Raw: true}), o)
	if err != nil {
		t.Fatal(err)
	}
	l := r.Logprobs
	n := len(p.Tokens) + 2
	if l == nil || len(l.Tokens) != n || len(l.TokenLogprobs) != n || len(l.TopLogprobs) != n || len(l.TextOffset) != n || len(l.TokenIDs) != n || len(l.TopIDs) != n {
		t.Fatalf("log-probabilities of %d positions wanted: %+v", n, l)
	}
	if !strings.HasPrefix(r.Text, p.Text) || strings.Join(l.Tokens, "") != r.Text {
		t.Errorf("text %q does not begin with the prompt, or is not the tokens %q", r.Text, l.Tokens)
	}
	if l.TokenLogprobs[0] != nil || l.TopLogprobs[0] != nil || l.TopIDs[0] != nil {
		t.Error("something predicts the first token")
	}
	for i := 1; i < len(p.Tokens); i++ {
		want := p.Top64[i-1][0]
		if got := l.TopIDs[i][0]; math.Abs(float64(got.Logprob)-want[1]) > 0.5 {
			t.Errorf("position %d: likeliest %v, exact %v", i, got, want)
		}
		if len(l.TopIDs[i]) != 4 || l.TokenLogprobs[i] == nil || l.TopLogprobs[i][l.Tokens[i]] != *l.TokenLogprobs[i] {
			t.Errorf("position %d: top %v %v, own %v", i, l.TopIDs[i], l.TopLogprobs[i], l.TokenLogprobs[i])
		}
	}
}

func TestStopper(t *testing.T) {
	for _, c := range []struct {
		stops  []string
		pieces []string
		want   string
	}{
		{nil, []string{"a", "b"}, "a|b|"},
		{[]string{"END"}, []string{"aE", "N", "Db"}, "a|||stopped"},
		{[]string{"END"}, []string{"aE", "N", "x"}, "a||ENx|"},
		{[]string{"\n\n"}, []string{"a\n", "b\n", "\nc"}, "a|\nb||stopped"},
		{[]string{"bc", "abcd"}, []string{"ab", "c"}, "|a|stopped"},
		{[]string{"xyz", ""}, []string{"x", "x", "y"}, "|x||xy"},
	} {
		s := newStopper(c.stops)
		var got strings.Builder
		stopped := false
		for _, p := range c.pieces {
			var show string
			if show, stopped = s.push(p); true {
				got.WriteString(show + "|")
			}
			if stopped {
				got.WriteString("stopped")
				break
			}
		}
		if !stopped {
			got.WriteString(s.flush())
		}
		if got.String() != c.want {
			t.Errorf("stops %q, pieces %q: %q, want %q", c.stops, c.pieces, got.String(), c.want)
		}
	}
}
