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
	const unknown, control, normal, single = 2, 3, 1, 6 // token types
	tokens, types := []string{"<unk>", "<s>", "</s>"}, []int32{unknown, control, control}
	for b := range 256 {
		tokens, types = append(tokens, fmt.Sprintf("<0x%02X>", b)), append(types, single)
	}
	for len(tokens) < s.Vocab {
		tokens, types = append(tokens, fmt.Sprintf("\u2581w%x", uint32(len(tokens))*2654435761)), append(types, normal)
	}
	return writeShape(t, s,
		shape.Key{Name: "tokenizer.ggml.model", Value: "llama"},
		shape.Key{Name: "tokenizer.ggml.tokens", Value: tokens},
		shape.Key{Name: "tokenizer.ggml.scores", Value: make([]float32, len(tokens))},
		shape.Key{Name: "tokenizer.ggml.token_type", Value: types},
		shape.Key{Name: "tokenizer.ggml.bos_token_id", Value: uint32(1)},
		shape.Key{Name: "tokenizer.ggml.eos_token_id", Value: uint32(2)},
		shape.Key{Name: "tokenizer.ggml.unknown_token_id", Value: uint32(0)})
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
