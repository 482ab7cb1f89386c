package chat

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"llamad/runtime/tokenizer"
)

// vocabulary loads one of package tokenizer's test vocabularies, "llama-spm" or
// "smollm2".
func vocabulary(t testing.TB, name string) *tokenizer.Tokenizer {
	t.Helper()
	once, _ := vocabularies.LoadOrStore(name, sync.OnceValue(func() *tokenizer.Tokenizer {
		tok, err := tokenizer.New(vocabularyConfig(t, name))
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}))
	return once.(func() *tokenizer.Tokenizer)()
}

var vocabularies sync.Map

func vocabularyConfig(t testing.TB, name string) tokenizer.Config {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "tokenizer", "testdata", name+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var c tokenizer.Config
	if err := json.NewDecoder(z).Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// referenceLine is a conversation with what Hugging Face's renderer and llama.cpp
// make of it.
type referenceLine struct {
	Model               string
	Template            string
	Messages            []Message
	AddGenerationPrompt bool `json:"add_generation_prompt"`
	Rendered            string
	ControlTokens       int            `json:"control_tokens"`
	Tokens              []tokenizer.ID // llama.cpp's; not on lines whose messages are hostile
}

// vocabularyOf names the vocabulary of a model of the reference.
func vocabularyOf(model string) string {
	if model == "tinyllama" {
		return "llama-spm"
	}
	return model
}

// TestReference renders to the letter, with llama.cpp's ids, and with no control
// token but the template's own.
func TestReference(t *testing.T) {
	eachLine(t, "reference.jsonl", func(line referenceLine) {
		tok := vocabulary(t, vocabularyOf(line.Model))
		tmpl, err := New(tok, Options{Source: line.Template, Now: testTime})
		if err != nil {
			t.Fatal(err)
		}
		if tmpl.Name() != "file" || len(tmpl.Warnings()) > 0 {
			t.Fatalf("%s: template %s, warnings %q", line.Model, tmpl.Name(), tmpl.Warnings())
		}
		text, _, err := tmpl.render(line.Messages, line.AddGenerationPrompt)
		if err != nil || text != line.Rendered {
			t.Errorf("%s: got %q, %v\nwant %q", line.Model, text, err, line.Rendered)
		}
		ids, err := tmpl.Encode(line.Messages, line.AddGenerationPrompt)
		if err != nil {
			t.Fatal(err)
		}
		if line.Tokens != nil && !slices.Equal(ids, line.Tokens) {
			t.Errorf("%s: %q\n got %v\nwant %v", line.Model, text, ids, line.Tokens)
		}
		if got := controlTokens(tok, ids); got != line.ControlTokens {
			t.Errorf("%s: %q has %d control tokens, want %d", line.Model, text, got, line.ControlTokens)
		}
	})
}

func controlTokens(tok *tokenizer.Tokenizer, ids []tokenizer.ID) int {
	n := 0
	for _, id := range ids {
		if tok.IsControl(id) {
			n++
		}
	}
	return n
}
