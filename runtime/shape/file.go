package shape

import (
	"fmt"
	"io"

	"llamad/runtime/gguf"
	"llamad/runtime/quant"
)

// Key is a key of the file's metadata; the value's type is what gguf.Writer.Set
// makes of it.
type Key struct {
	Name  string
	Value any
}

// Write writes the file of a shape with its matrices in format f, whose blocks
// must divide its rows (see Format). tokenizer are the keys of a vocabulary of at
// most Vocab tokens; none is one of single bytes, which is enough to compute with.
func (s *Shape) Write(out io.Writer, f *quant.Format, tokenizer ...Key) error {
	if cols := s.undivided(f); cols != 0 {
		panic(fmt.Sprintf("shape: internal error: %s has rows of %d and blocks of %s do not divide them", s.Name, cols, f.Name))
	}
	if tokenizer == nil {
		tokenizer = bytesOnly()
	}
	var w gguf.Writer
	for _, k := range append(s.keys(), tokenizer...) {
		w.Set(k.Name, k.Value)
	}
	g := newGenerator(f)
	for _, t := range s.tensors() {
		if t.rows == 0 {
			w.AddFunc(t.name, quant.F32, []int{t.cols}, t.bytes(f), func(out io.Writer) error { return vector(out, t.cols, t.value) })
			continue
		}
		w.AddFunc(t.name, f.Type, []int{t.cols, t.rows}, t.bytes(f), func(out io.Writer) error { return g.matrix(out, t.rows, t.cols) })
	}
	_, err := w.WriteTo(out)
	return err
}

func (s *Shape) keys() []Key {
	p := s.Architecture + "."
	return []Key{
		{"general.architecture", s.Architecture},
		{"general.name", s.Name + " shape, random weights"},
		{p + "block_count", uint32(s.Layers)},
		{p + "context_length", uint32(s.Context)},
		{p + "embedding_length", uint32(s.Dim)},
		{p + "feed_forward_length", uint32(s.Hidden)},
		{p + "attention.head_count", uint32(s.Heads)},
		{p + "attention.head_count_kv", uint32(s.KVHeads)},
		{p + "attention.layer_norm_rms_epsilon", s.Eps},
		{p + "rope.dimension_count", uint32(s.Dim / s.Heads)},
		{p + "rope.freq_base", s.RopeBase},
	}
}

// bytesOnly is the smallest SentencePiece vocabulary: three control tokens and
// every byte.
func bytesOnly() []Key {
	const unknown, control, single = 2, 3, 6 // token types
	tokens, types := []string{"<unk>", "<s>", "</s>"}, []int32{unknown, control, control}
	for b := range 256 {
		tokens, types = append(tokens, fmt.Sprintf("<0x%02X>", b)), append(types, single)
	}
	return []Key{
		{"tokenizer.ggml.model", "llama"},
		{"tokenizer.ggml.tokens", tokens},
		{"tokenizer.ggml.scores", make([]float32, len(tokens))},
		{"tokenizer.ggml.token_type", types},
		{"tokenizer.ggml.bos_token_id", uint32(1)},
		{"tokenizer.ggml.eos_token_id", uint32(2)},
		{"tokenizer.ggml.unknown_token_id", uint32(0)},
	}
}
