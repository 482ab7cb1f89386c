package eval

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/llm"
	"llamad/runtime/quant"
	"llamad/runtime/shape"
	"llamad/runtime/tokenizer"
)

// bigram is a model whose layers add nothing: what follows a token depends on
// that token alone, and is worked out here in float64.
type bigram struct {
	path string
	next [][]float64 // log-probabilities by token and successor
}

var bigramShape = shape.Shape{Name: "bigram", Architecture: "llama", Layers: 1, Dim: 64, Hidden: 64, Heads: 1, KVHeads: 1,
	Vocab: 259, Context: 512, Eps: 1e-5, RopeBase: 1e4}

func newBigram(t *testing.T) *bigram {
	t.Helper()
	var file strings.Builder
	format, err := bigramShape.Format("F32")
	if err != nil {
		t.Fatal(err)
	}
	if err := bigramShape.Write(&file, format); err != nil {
		t.Fatal(err)
	}
	data := []byte(file.String())
	f, err := gguf.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	b := &bigram{path: filepath.Join(t.TempDir(), "bigram.gguf")}
	var embedding, output [][]float64
	for _, tensor := range f.Tensors {
		switch {
		case strings.HasSuffix(tensor.Name, "attn_output.weight"), strings.HasSuffix(tensor.Name, "ffn_down.weight"):
			clear(tensor.Data)
		case tensor.Name == "token_embd.weight":
			embedding = rows(tensor)
		case tensor.Name == "output.weight":
			output = rows(tensor)
		}
	}
	if err := os.WriteFile(b.path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range embedding {
		squares := 0.0
		for _, v := range x {
			squares += v * v
		}
		scale := 1 / math.Sqrt(squares/float64(len(x))+float64(bigramShape.Eps)) // the norm's weights are 1
		logits, sum := make([]float64, len(output)), 0.0
		for i, w := range output {
			for j, v := range x {
				logits[i] += w[j] * v * scale
			}
			sum += math.Exp(logits[i])
		}
		for i := range logits {
			logits[i] -= math.Log(sum)
		}
		b.next = append(b.next, logits)
	}
	return b
}

func rows(t gguf.Tensor) [][]float64 {
	if t.Type != quant.F32 {
		panic("not F32")
	}
	out := make([][]float64, t.Rows())
	for i := range t.Rows() * t.Dims[0] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		out[i/t.Dims[0]] = append(out[i/t.Dims[0]], float64(v))
	}
	return out
}

// likelihood is that of a text's bytes behind one that ends in the byte before.
// Each byte is a token, and SentencePiece writes a space as U+2581.
func (b *bigram) likelihood(before byte, text string) (sum float64) {
	ids := tokens(string(before) + text)
	for i := range ids[1:] {
		sum += b.next[ids[i]][ids[i+1]]
	}
	return sum
}

// tokens are the ids of a text's bytes.
func tokens(text string) (ids []tokenizer.ID) {
	for _, c := range []byte(strings.ReplaceAll(text, " ", "▁")) {
		ids = append(ids, tokenizer.ID(c)+3)
	}
	return ids
}

func (b *bigram) open(t *testing.T, o llm.Options) (*llm.Model, *llm.Session) {
	t.Helper()
	m, err := llm.Open(context.Background(), b.path, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Session("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m, s
}
