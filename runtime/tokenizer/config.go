package tokenizer

import "fmt"

// ID is the number of a token: its row in the embedding table.
type ID int32

// None stands for a token that a vocabulary does not have.
const None ID = -1

// Kinds of token, as tokenizer.ggml.token_type numbers them.
const (
	typeUndefined   = 0
	typeNormal      = 1
	typeUnknown     = 2
	typeControl     = 3
	typeUserDefined = 4
	typeUnused      = 5
	typeByte        = 6
)

// Config is a vocabulary as its file describes it; the package comment has the
// metadata keys. New copies what it needs, so the slices may be dropped.
type Config struct {
	Model  string // "llama" or "gpt2"
	Pre    string // pre-tokenizer of a gpt2 vocabulary
	Tokens []string
	Scores []float32 // one a token; a llama vocabulary has to have them
	Types  []int32   // one a token; nil means that all are normal
	Merges []string  // of a gpt2 vocabulary: two tokens with a space between, the first rank first

	BOS, EOS, UNK, EOT, EOM ID // None where the file names none

	AddBOS, AddEOS, AddSpacePrefix *bool // nil where the file says nothing
}

// Error is a vocabulary that cannot be used.
type Error struct {
	Key    string // metadata key, with an index where one element is at fault
	Reason string // what it holds and what was expected
}

func (e *Error) Error() string { return e.Key + " " + e.Reason }

// Limits of a vocabulary. Real ones stay far below: the longest token known is
// 1,024 bytes of spaces, the longest control token about 60.
const (
	maxTokens       = 1 << 20
	maxTokenBytes   = 4096
	maxVocabBytes   = 64 << 20
	maxSpecialBytes = 256 // a control or user-defined token; bounds the search for them
)

const (
	keyModel  = "tokenizer.ggml.model"
	keyPre    = "tokenizer.ggml.pre"
	keyTokens = "tokenizer.ggml.tokens"
	keyScores = "tokenizer.ggml.scores"
	keyTypes  = "tokenizer.ggml.token_type"
	keyMerges = "tokenizer.ggml.merges"
)

func fault(key, format string, args ...any) error {
	return &Error{Key: key, Reason: fmt.Sprintf(format, args...)}
}

func faultAt(key string, index int, format string, args ...any) error {
	return fault(fmt.Sprintf("%s[%d]", key, index), format, args...)
}

// check looks at what can be judged without building anything.
func (c *Config) check() error {
	n := len(c.Tokens)
	switch {
	case c.Tokens == nil:
		return fault(keyTokens, "is missing: expected the vocabulary")
	case n == 0:
		return fault(keyTokens, "is empty: expected the vocabulary")
	case n > maxTokens:
		return fault(keyTokens, "has %d entries: expected at most %d", n, maxTokens)
	case c.Types != nil && len(c.Types) != n:
		return fault(keyTypes, "has %d entries: expected %d, one a token", len(c.Types), n)
	case c.Scores != nil && len(c.Scores) != n:
		return fault(keyScores, "has %d entries: expected %d, one a token", len(c.Scores), n)
	}
	for i, typ := range c.Types {
		if typ < typeUndefined || typ > typeByte {
			return faultAt(keyTypes, i, "is %d: expected 0 to 6", typ)
		}
	}
	total := 0
	for i, text := range c.Tokens {
		if total += len(text); total > maxVocabBytes {
			return fault(keyTokens, "has more than %d bytes in all", maxVocabBytes)
		}
		limit := maxTokenBytes
		if typ := c.typeOf(i); typ == typeControl || typ == typeUserDefined || typ == typeUnknown {
			limit = maxSpecialBytes
		}
		if len(text) > limit {
			return faultAt(keyTokens, i, "has %d bytes: expected at most %d", len(text), limit)
		}
	}
	for _, named := range []struct {
		key string
		id  ID
	}{
		{"bos_token_id", c.BOS}, {"eos_token_id", c.EOS}, {"unknown_token_id", c.UNK},
		{"eot_token_id", c.EOT}, {"eom_token_id", c.EOM},
	} {
		if named.id < None || int(named.id) >= n {
			return fault("tokenizer.ggml."+named.key, "is %d: expected less than the %d tokens", named.id, n)
		}
	}
	return nil
}

func (c *Config) typeOf(i int) int32 {
	if c.Types == nil {
		return typeNormal
	}
	return c.Types[i]
}
