package llm

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"llamad/runtime/gguf"
	"llamad/runtime/mmap"
	"llamad/runtime/tokenizer"
)

// OpenVocabulary reads a file's tokenizer alone; the file may hold nothing else.
func OpenVocabulary(path string) (*tokenizer.Tokenizer, error) {
	file, err := mmap.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var t *tokenizer.Tokenizer
	err = mmap.Guard(func() error {
		f, err := gguf.Parse(file.Bytes())
		if err != nil {
			return err
		}
		t, err = newTokenizer(f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return t, nil
}

// newTokenizer hands a file's vocabulary to the tokenizer; what a file leaves
// out is for the tokenizer to judge.
func newTokenizer(f *gguf.File) (*tokenizer.Tokenizer, error) {
	k := &optional{file: f}
	return k.tokenizer(tokenizer.New(tokenizer.Config{
		Model:  get(k, "tokenizer.ggml.model", f.String),
		Pre:    get(k, "tokenizer.ggml.pre", f.String),
		Tokens: get(k, "tokenizer.ggml.tokens", f.Strings),
		Scores: get(k, "tokenizer.ggml.scores", f.Floats),
		Types:  get(k, "tokenizer.ggml.token_type", f.Ints),
		Merges: get(k, "tokenizer.ggml.merges", f.Strings),

		BOS: k.id("bos_token_id"), EOS: k.id("eos_token_id"), UNK: k.id("unknown_token_id"),
		EOT: k.id("eot_token_id"), EOM: k.id("eom_token_id"),

		AddBOS:         k.flag("add_bos_token"),
		AddEOS:         k.flag("add_eos_token"),
		AddSpacePrefix: k.flag("add_space_prefix"),
	}))
}

// optional reads keys that may be missing, and keeps the first error of one that
// is there and wrong.
type optional struct {
	file *gguf.File
	err  error
}

// get is the value of a key, or nothing.
func get[T any](k *optional, key string, read func(string) (T, error)) (v T) {
	if k.file.Has(key) && k.err == nil {
		v, k.err = read(key)
	}
	return v
}

func (k *optional) id(name string) tokenizer.ID {
	key := "tokenizer.ggml." + name
	if !k.file.Has(key) {
		return tokenizer.None
	}
	id := get(k, key, k.file.Uint)
	if id > math.MaxInt32 {
		return math.MaxInt32 // beyond any vocabulary, which the tokenizer will say
	}
	return tokenizer.ID(id)
}

func (k *optional) flag(name string) *bool {
	key := "tokenizer.ggml." + name
	if !k.file.Has(key) {
		return nil
	}
	v := get(k, key, k.file.Bool)
	return &v
}

// tokenizer prefers the error of a key to what its absence led to, and says where
// in the file a vocabulary is wrong.
func (k *optional) tokenizer(t *tokenizer.Tokenizer, err error) (*tokenizer.Tokenizer, error) {
	if k.err != nil {
		return nil, k.err
	}
	var wrong *tokenizer.Error
	if errors.As(err, &wrong) {
		key, _, _ := strings.Cut(wrong.Key, "[")
		if at := k.file.Where(key); at >= 0 {
			err = fmt.Errorf("%w (the key's value begins at byte %d)", err, at)
		}
	}
	return t, err
}

// chatTemplate is the file's template, "" where it has none.
func chatTemplate(f *gguf.File) (string, error) {
	k := &optional{file: f}
	source := get(k, "tokenizer.chat_template", f.String)
	return source, k.err
}
