package tokenizer

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestWords compares every pre-tokenizer with the regular expressions it stands for.
func TestWords(t *testing.T) {
	f, err := os.Open("testdata/pretoken.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var line struct {
			Text  string
			Words map[string][]string
		}
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if len(line.Words) != len(preTokenizers) {
			t.Fatalf("%q has words for %d pre-tokenizers, the table has %d", line.Text, len(line.Words), len(preTokenizers))
		}
		for name, want := range line.Words {
			if got := words(t, name, line.Text); !slices.Equal(got, want) {
				t.Errorf("%s cuts %q\n into %q\n want %q", name, line.Text, got, want)
			}
		}
	}
}

// TestWordsOfNewLetters holds what llama.cpp counts as a letter and package
// unicode does not yet.
func TestWordsOfNewLetters(t *testing.T) {
	if got, want := words(t, "gpt-2", "a\U0002EBF0!"), []string{"a\U0002EBF0", "!"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEveryNameIsKnown also holds that words are never lost or made.
func TestEveryNameIsKnown(t *testing.T) {
	const text = "It's 12,345 \t\n ok\u3000🦙 'LL end  "
	for i := range preTokenizers {
		for _, name := range strings.Fields(preTokenizers[i].names) {
			if got := strings.Join(words(t, name, text), ""); got != text {
				t.Errorf("%s turns %q into %q", name, text, got)
			}
		}
	}
}

func words(t *testing.T, name, text string) []string {
	t.Helper()
	p, err := lookupPreTokenizer(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	p.split(text, func(word string) { all = append(all, word) })
	return all
}
