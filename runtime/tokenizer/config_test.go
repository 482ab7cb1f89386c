package tokenizer

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// smallSPM is a whole SentencePiece vocabulary: <unk> <s> </s>, the 256 bytes,
// then the given tokens, which are normal, the first with the best score.
func smallSPM(tokens ...string) Config {
	c := Config{
		Model:  "llama",
		Tokens: []string{"<unk>", "<s>", "</s>"},
		Types:  []int32{typeUnknown, typeControl, typeControl},
		BOS:    1, EOS: 2, UNK: 0, EOT: None, EOM: None,
	}
	for b := range 256 {
		c.Tokens = append(c.Tokens, fmt.Sprintf("<0x%02X>", b))
		c.Types = append(c.Types, typeByte)
	}
	for _, text := range tokens {
		c.Tokens = append(c.Tokens, text)
		c.Types = append(c.Types, typeNormal)
	}
	for i := range c.Tokens {
		c.Scores = append(c.Scores, -float32(i))
	}
	return c
}

// smallBPE is a byte-level vocabulary: <|im_start|> <|im_end|>, the 256 bytes,
// then the results of the given merges.
func smallBPE(merges ...string) Config {
	c := Config{
		Model:  "gpt2",
		Pre:    "gpt-2",
		Tokens: []string{"<|im_start|>", "<|im_end|>"},
		Types:  []int32{typeControl, typeControl},
		Merges: merges,
		BOS:    0, EOS: 1, UNK: None, EOT: None, EOM: None,
	}
	if merges == nil {
		c.Merges = []string{}
	}
	for r, b := range byteOf {
		if b >= 0 {
			c.Tokens = append(c.Tokens, string(rune(r)))
		}
	}
	for _, m := range merges {
		c.Tokens = append(c.Tokens, strings.Replace(m, " ", "", 1))
	}
	for len(c.Types) < len(c.Tokens) {
		c.Types = append(c.Types, typeNormal)
	}
	return c
}

func mustNew(t testing.TB, c Config) *Tokenizer {
	t.Helper()
	tok, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// TestBadVocabularies holds that every fault names its key.
func TestBadVocabularies(t *testing.T) {
	yes := true
	spm := func(change func(*Config)) Config { c := smallSPM("a", "b", "ab"); change(&c); return c }
	bpe := func(change func(*Config)) Config { c := smallBPE("a b", "ab c"); change(&c); return c }
	for _, test := range []struct {
		name   string
		config Config
		want   string // the message begins with it
	}{
		{"nothing", Config{}, "tokenizer.ggml.tokens is missing"},
		{"model", spm(func(c *Config) { c.Model = "bert" }), `tokenizer.ggml.model is "bert"`},
		{"types short", spm(func(c *Config) { c.Types = c.Types[:5] }), "tokenizer.ggml.token_type has 5 entries"},
		{"type out of range", spm(func(c *Config) { c.Types[7] = 77 }), "tokenizer.ggml.token_type[7] is 77"},
		{"type negative", bpe(func(c *Config) { c.Types[7] = -1 }), "tokenizer.ggml.token_type[7] is -1"},
		{"scores missing", spm(func(c *Config) { c.Scores = nil }), "tokenizer.ggml.scores is missing"},
		{"scores long", spm(func(c *Config) { c.Scores = append(c.Scores, 1) }), "tokenizer.ggml.scores has 263 entries"},
		{"scores of bpe short", bpe(func(c *Config) { c.Scores = []float32{1} }), "tokenizer.ggml.scores has 1 entries"},
		{"score NaN", spm(func(c *Config) { c.Scores[3] = float32(math.NaN()) }), "tokenizer.ggml.scores[3] is NaN"},
		{"score infinite", spm(func(c *Config) { c.Scores[4] = float32(math.Inf(1)) }), "tokenizer.ggml.scores[4] is +Inf"},
		{"byte token", spm(func(c *Config) { c.Tokens[9] = "<0x-1>" }), `tokenizer.ggml.tokens[9] is "<0x-1>"`},
		{"byte token of letters", spm(func(c *Config) { c.Tokens[9] = "<0xZZ>" }), `tokenizer.ggml.tokens[9] is "<0xZZ>"`},
		{"no byte", spm(func(c *Config) { c.Tokens[13], c.Types[13] = "x", typeNormal }), "tokenizer.ggml.tokens has no <0x0A>"},
		{"every token control", spm(func(c *Config) {
			for i := range c.Types {
				c.Types[i] = typeControl
			}
		}), "tokenizer.ggml.tokens has no <0x00>"},
		{"same token", spm(func(c *Config) { c.Tokens[260] = "a" }), `tokenizer.ggml.tokens[260] is "a", like token 259`},
		{"same token of bpe", bpe(func(c *Config) { c.Tokens[258] = "a" }), `tokenizer.ggml.tokens[258] is "a", like token`},
		{"same control token", bpe(func(c *Config) { c.Tokens[1] = "<|im_start|>" }), `tokenizer.ggml.tokens[1] is "<|im_start|>", like token 0`},
		{"long token", spm(func(c *Config) { c.Tokens[260] = strings.Repeat("x", 1<<20) }), "tokenizer.ggml.tokens[260] has 1048576 bytes"},
		{"long control token", spm(func(c *Config) { c.Tokens[1] = strings.Repeat("x", 257) }), "tokenizer.ggml.tokens[1] has 257 bytes"},
		{"bos beyond", spm(func(c *Config) { c.BOS = 262 }), "tokenizer.ggml.bos_token_id is 262"},
		{"eos negative", spm(func(c *Config) { c.EOS = -7 }), "tokenizer.ggml.eos_token_id is -7"},
		{"bos wanted", bpe(func(c *Config) { c.BOS, c.AddBOS = None, &yes }), "tokenizer.ggml.bos_token_id is missing"},
		{"eos wanted", bpe(func(c *Config) { c.EOS, c.AddEOS = None, &yes }), "tokenizer.ggml.eos_token_id is missing"},
		{"pre", bpe(func(c *Config) { c.Pre = "smaug-bpe" }), `tokenizer.ggml.pre is "smaug-bpe": expected one of default, gpt-2`},
		{"merges missing", bpe(func(c *Config) { c.Merges = nil }), "tokenizer.ggml.merges is missing"},
		{"merge without space", bpe(func(c *Config) { c.Merges[1] = "abc" }), `tokenizer.ggml.merges[1] is "abc"`},
		{"merge of nothing", bpe(func(c *Config) { c.Merges[1] = "" }), `tokenizer.ggml.merges[1] is ""`},
		{"merge of one side", bpe(func(c *Config) { c.Merges[1] = "a " }), `tokenizer.ggml.merges[1] is "a "`},
		{"merge of unknown tokens", bpe(func(c *Config) { c.Merges[1] = "x yz" }), `tokenizer.ggml.merges[1] is "x yz"`},
		{"merge into an unknown token", bpe(func(c *Config) { c.Merges[1] = "x y" }), `tokenizer.ggml.merges[1] is "x y"`},
		{"merge outside the alphabet", bpe(func(c *Config) { c.Merges[1] = "a \u2581" }), `tokenizer.ggml.merges[1] is`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := New(test.config)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("got %v\nwant %s ...", err, test.want)
			}
			if e := (*Error)(nil); !errors.As(err, &e) || !strings.HasPrefix(err.Error(), e.Key) {
				t.Errorf("%T is no *Error with the key", err)
			}
		})
	}
}

// TestOddVocabularies holds what is strange and still works.
func TestOddVocabularies(t *testing.T) {
	c := smallSPM("a", "", "b b", "<0x61>x")
	space := []ID{3 + 0xE2, 3 + 0x96, 3 + 0x81} // no token is a space: the bytes of U+2581
	if got, want := mustNew(t, c).Encode("a", false), append(append([]ID{1}, space...), 259); !slices.Equal(got, want) {
		t.Errorf("empty token: got %v, want %v", got, want)
	}

	c = smallBPE("a b", "a b") // the first of equal merges counts; its token is there twice
	c.Tokens, c.Types = c.Tokens[:259], c.Types[:259]
	if got, want := mustNew(t, c).Encode("ab", false), []ID{258}; !slices.Equal(got, want) {
		t.Errorf("equal merges: got %v, want %v", got, want)
	}

	c = smallBPE()
	c.Types = nil // all normal: nothing is matched but the ends of turns llama.cpp knows
	if got := mustNew(t, c).Encode("<|im_end|>", true); !slices.Equal(got, []ID{1}) {
		t.Errorf("no types: got %v, want the token", got)
	}
}
