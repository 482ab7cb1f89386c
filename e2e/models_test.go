package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/shape"
)

// mini is one of the small models that the engine is tested with.
func mini(name string) func(testing.TB) string {
	return func(testing.TB) string { return "../runtime/model/testdata/mini/" + name + ".gguf" }
}

// tinyLlama is a file of its shape with random weights.
func tinyLlama(t testing.TB) string {
	t.Helper()
	s, err := shape.Lookup("tinyllama-1.1b")
	if err != nil {
		t.Fatal(err)
	}
	return writeShape(t, s)
}

// manyWords is a small model with as many tokens as the largest families have.
func manyWords(t testing.TB) string {
	t.Helper()
	s := &shape.Shape{Name: "many-words", Architecture: "llama", Layers: 2, Dim: 256, Hidden: 512, Heads: 4, KVHeads: 2,
		Vocab: 150_000, Context: 512, Eps: 1e-5, RopeBase: 1e4, Tied: true}
	v := newVocabulary("<s>", "</s>")
	for len(v.tokens) < s.Vocab {
		v.add(normal, fmt.Sprintf("\u2581w%x", uint32(len(v.tokens))*2654435761))
	}
	return writeShape(t, s, append(v.keys(), shape.Key{Name: "tokenizer.ggml.eos_token_id", Value: uint32(2)})...)
}

// vocabulary is one of SentencePiece's, whose tokens are of types.
type vocabulary struct {
	tokens []string
	types  []int32
}

// The types of tokens in a GGUF file.
const (
	normal  int32 = 1
	unknown int32 = 2
	control int32 = 3
	single  int32 = 6 // byte
)

// newVocabulary has an unknown token, control tokens of which the first begins a
// sequence, and the bytes.
func newVocabulary(controls ...string) *vocabulary {
	v := &vocabulary{}
	v.add(unknown, "<unk>")
	v.add(control, controls...)
	for b := range 256 {
		v.add(single, fmt.Sprintf("<0x%02X>", b))
	}
	return v
}

func (v *vocabulary) add(kind int32, tokens ...string) {
	for _, token := range tokens {
		v.tokens, v.types = append(v.tokens, token), append(v.types, kind)
	}
}

// keys are those that a file with the vocabulary has.
func (v *vocabulary) keys() []shape.Key {
	return []shape.Key{
		{Name: "tokenizer.ggml.model", Value: "llama"},
		{Name: "tokenizer.ggml.tokens", Value: v.tokens},
		{Name: "tokenizer.ggml.scores", Value: make([]float32, len(v.tokens))},
		{Name: "tokenizer.ggml.token_type", Value: v.types},
		{Name: "tokenizer.ggml.bos_token_id", Value: uint32(1)},
		{Name: "tokenizer.ggml.unknown_token_id", Value: uint32(0)},
	}
}

// writeShape writes a file with weights in Q4_0, the quickest to make. Without
// keys of a tokenizer its tokens are bytes.
func writeShape(t testing.TB, s *shape.Shape, tokenizer ...shape.Key) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), s.Name+".gguf")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Format("Q4_0")
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriterSize(file, 1<<20)
	if err := errors.Join(s.Write(out, f, tokenizer...), out.Flush(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}
