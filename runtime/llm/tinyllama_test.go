package llm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/shape"
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
	data, err := os.ReadFile("testdata/vocab-llama-spm.gguf")
	if err != nil {
		t.Fatal(err)
	}
	vocabulary, err := gguf.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err1 := vocabulary.Strings("tokenizer.ggml.tokens")
	scores, err2 := vocabulary.Floats("tokenizer.ggml.scores")
	types, err3 := vocabulary.Ints("tokenizer.ggml.token_type")
	tinyLlama, err4 := shape.Lookup("tinyllama-1.1b")
	if err := errors.Join(err1, err2, err3, err4); err != nil || len(tokens) != tinyLlama.Vocab {
		t.Fatal(err, len(tokens))
	}
	s := *tinyLlama
	s.Layers = layers
	return writeShape(t, &s, "Q4_0",
		shape.Key{Name: "tokenizer.ggml.model", Value: "llama"},
		shape.Key{Name: "tokenizer.ggml.tokens", Value: tokens},
		shape.Key{Name: "tokenizer.ggml.scores", Value: scores},
		shape.Key{Name: "tokenizer.ggml.token_type", Value: types},
		shape.Key{Name: "tokenizer.ggml.bos_token_id", Value: uint32(1)},
		shape.Key{Name: "tokenizer.ggml.eos_token_id", Value: uint32(2)},
		shape.Key{Name: "tokenizer.ggml.unknown_token_id", Value: uint32(0)},
		shape.Key{Name: "tokenizer.chat_template", Value: zephyr})
}

// writeShape makes a file of a shape; without keys its vocabulary is bytes.
func writeShape(t testing.TB, s *shape.Shape, format string, tokenizer ...shape.Key) string {
	t.Helper()
	f, err := s.Format(format)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), s.Name+"."+format+".gguf")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Write(file, f, tokenizer...), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
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
