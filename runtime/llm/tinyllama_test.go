package llm

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/quant"
	"llamad/runtime/tokenizer"
)

// zephyr is the chat template of TinyLlama 1.1B Chat.
const zephyr = "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n" +
	"{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n" +
	"{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n" +
	"{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"

// writeTinyLlama makes a file with TinyLlama 1.1B's shapes, vocabulary and
// template, fewer layers and random Q4_0 weights.
func writeTinyLlama(t *testing.T, layers int) string {
	t.Helper()
	const dim, hidden, heads, kvHeads, headDim, vocab = 2048, 5632, 32, 4, 64, 32000
	data, err := os.ReadFile("testdata/vocab-llama-spm.gguf")
	if err != nil {
		t.Fatal(err)
	}
	v, err := gguf.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err1 := v.Strings("tokenizer.ggml.tokens")
	scores, err2 := v.Floats("tokenizer.ggml.scores")
	types, err3 := v.Ints("tokenizer.ggml.token_type")
	if err1 != nil || err2 != nil || err3 != nil || len(tokens) != vocab {
		t.Fatal(err1, err2, err3, len(tokens))
	}

	var w gguf.Writer
	for _, kv := range []struct {
		key   string
		value any
	}{
		{"general.architecture", "llama"}, {"general.name", "tinyllama shape"},
		{"llama.context_length", uint32(2048)}, {"llama.embedding_length", uint32(dim)},
		{"llama.block_count", uint32(layers)}, {"llama.feed_forward_length", uint32(hidden)},
		{"llama.rope.dimension_count", uint32(headDim)}, {"llama.attention.head_count", uint32(heads)},
		{"llama.attention.head_count_kv", uint32(kvHeads)}, {"llama.attention.layer_norm_rms_epsilon", float32(1e-5)},
		{"tokenizer.ggml.model", "llama"}, {"tokenizer.ggml.tokens", tokens}, {"tokenizer.ggml.scores", scores},
		{"tokenizer.ggml.token_type", types}, {"tokenizer.ggml.bos_token_id", uint32(1)}, {"tokenizer.ggml.eos_token_id", uint32(2)},
		{"tokenizer.ggml.unknown_token_id", uint32(0)}, {"tokenizer.chat_template", zephyr},
	} {
		w.Set(kv.key, kv.value)
	}
	r := rand.New(rand.NewPCG(1, 2))
	matrix := func(name string, rows, cols int) {
		w.Add(name, quant.Q4_0, []int{cols, rows}, randomQ4_0(r, rows, cols))
	}
	vector := func(name string, n int) {
		ones := make([]byte, 4*n)
		for i := range n {
			binary.LittleEndian.PutUint32(ones[4*i:], 0x3f800000)
		}
		w.Add(name, quant.F32, []int{n}, ones)
	}
	matrix("token_embd.weight", vocab, dim)
	for i := range layers {
		p := fmt.Sprintf("blk.%d.", i)
		vector(p+"attn_norm.weight", dim)
		matrix(p+"attn_q.weight", heads*headDim, dim)
		matrix(p+"attn_k.weight", kvHeads*headDim, dim)
		matrix(p+"attn_v.weight", kvHeads*headDim, dim)
		matrix(p+"attn_output.weight", dim, heads*headDim)
		vector(p+"ffn_norm.weight", dim)
		matrix(p+"ffn_gate.weight", hidden, dim)
		matrix(p+"ffn_up.weight", hidden, dim)
		matrix(p+"ffn_down.weight", dim, hidden)
	}
	vector("output_norm.weight", dim)
	matrix("output.weight", vocab, dim)

	path := filepath.Join(t.TempDir(), "tinyllama-shape.Q4_0.gguf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	buffered := bufio.NewWriter(f)
	if _, err := w.WriteTo(buffered); err != nil {
		t.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// randomQ4_0 makes a matrix whose outputs are about as large as its inputs.
func randomQ4_0(r *rand.Rand, rows, cols int) []byte {
	f, _ := quant.Lookup(quant.Q4_0)
	data := make([]byte, rows*f.RowBytes(cols))
	for i := 0; i+8 <= len(data); i += 8 {
		binary.LittleEndian.PutUint64(data[i:], r.Uint64())
	}
	scale := quant.ToF16(0.005)
	for i := 0; i < len(data); i += f.BlockBytes {
		binary.LittleEndian.PutUint16(data[i:], scale)
	}
	return data
}

// A file of TinyLlama's shape opens, templates and generates.
func TestTinyLlamaShape(t *testing.T) {
	path := writeTinyLlama(t, 2)
	m := open(t, path, Options{Context: 256})
	info := m.Info()
	if info.Architecture != "llama" || info.Quantization != "Q4_0" || info.Template != "file" || info.TrainedContext != 2048 || info.Context != 256 {
		t.Errorf("info = %+v", info)
	}
	ids := encode(t, m, Prompt{Text: question})
	want := []tokenizer.ID{1, 529, 29989, 1792, 29989, 29958, 13, 22110, 526, 366, 29973, 2, 29871, 13, 29966, 29989, 465, 22137, 29989, 29958, 13}
	if !slices.Equal(ids, want) {
		t.Errorf("ids = %v, want %v", ids, want)
	}
	r, pieces, err := generate(t, m, context.Background(), "", ids, greedy(8))
	if err != nil {
		t.Fatal(err)
	}
	if r.PromptTokens != len(want) || r.CompletionTokens == 0 || strings.Join(pieces, "") != r.Text {
		t.Errorf("result = %+v, pieces %q", r, pieces)
	}

	vocabulary, err := OpenVocabulary("testdata/vocab-llama-spm.gguf")
	if err != nil {
		t.Fatal(err)
	}
	if got := vocabulary.Encode(question, false); !slices.Equal(got, []tokenizer.ID{1, 11644, 526, 366, 29973}) {
		t.Errorf("a vocabulary alone: ids = %v", got)
	}
}
