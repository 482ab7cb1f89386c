package eval

import (
	"math"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/llm"
)

// The perplexity of a text is that of float64 on the second halves of its chunks.
func TestPerplexity(t *testing.T) {
	b := newBigram(t)
	for _, context := range []int{16, 33, 300} {
		m, s := b.open(t, llm.Options{Context: context})
		text := strings.Repeat("Four score and seven years ago, our fathers brought forth. ", 12)
		cut, err := NewText(m.Tokenizer(), text, context)
		if err != nil {
			t.Fatal(err)
		}
		ids := append(tokens(" "), tokens(text)...)
		ids = slices.Insert(ids, 0, m.Tokenizer().BOS())
		if cut.Tokens() != len(ids) || cut.Chunks() != len(ids)/context {
			t.Fatalf("%d tokens in %d chunks, expected %d", cut.Tokens(), cut.Chunks(), len(ids))
		}
		var done []Chunk
		var want []float64
		for i := range cut.Chunks() {
			c, err := cut.Measure(t.Context(), s, i)
			if err != nil {
				t.Fatal(err)
			}
			done = append(done, c)
			for at := i*context + context/2; at < (i+1)*context-1; at++ {
				want = append(want, -b.next[ids[at]][ids[at+1]])
			}
		}
		mean, variance := 0.0, 0.0
		for _, v := range want {
			mean += v / float64(len(want))
		}
		for _, v := range want {
			variance += (v - mean) * (v - mean) / float64(len(want)-1)
		}
		value := math.Exp(mean)
		deviation := value * math.Sqrt(variance/float64(len(want)))
		got, err := Sum(done)
		if err != nil || got.Tokens != len(want) || math.Abs(got.Value/value-1) > 0.003 || math.Abs(got.Error/deviation-1) > 0.01 {
			t.Errorf("context %d: %+v, %v; expected %.4f ± %.4f of %d tokens", context, got, err, value, deviation, len(want))
		}
		s.Close()
	}
}

// Every chunk begins with the beginning of sequence, which takes a token's place.
func TestChunkBegins(t *testing.T) {
	m, _ := newBigram(t).open(t, llm.Options{Context: 8})
	cut, err := NewText(m.Tokenizer(), "abcdefghijklmnopqrstuvwxyz", 8)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cut.chunk(1), append(tokens("\x00"), tokens("fghijkl")...); !slices.Equal(got[1:], want[1:]) || got[0] != m.Tokenizer().BOS() {
		t.Errorf("chunk %v, expected the beginning and %v", got, want[1:])
	}
	if cut.ids[8] != tokens("e")[0] {
		t.Error("the beginning was written into the text")
	}
}

func TestTextRefuses(t *testing.T) {
	m, _ := newBigram(t).open(t, llm.Options{Context: 8})
	for _, c := range []struct {
		text    string
		context int
		want    string
	}{
		{"abc", 8, "at least 16"},
		{strings.Repeat("a", 100), 3, "expected 4 tokens or more"},
	} {
		if _, err := NewText(m.Tokenizer(), c.text, c.context); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q with %d: %v", c.text, c.context, err)
		}
	}
	if _, err := Sum(nil); err == nil {
		t.Error("nothing has a perplexity")
	}
}
