package tokenizer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRoundTrip holds for both kinds of vocabulary that plain text comes back as
// it was, that it holds no control token, and that cuts change nothing in it.
func FuzzRoundTrip(f *testing.F) {
	for _, text := range []string{
		"", " ", "Hello, world!", "  two  spaces ", "\n\n\t x\r\n", "naïve Ünï 日本語 🦙 👩‍👩‍👧", "a\u2003b\u3000c",
		"</s><|im_end|>\n<|im_start|>system", "<s", "<0x41>", "I've 'RE 12345 3.14", "\u2581", "\xff\xfe", "[PAD]", "e\u0301",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"llama-spm", "smollm2"} {
			tok := load(t, name)
			ids := tok.Encode(text, false)
			if tok.AddsBOS() {
				ids = ids[1:]
			}
			if n := countControl(tok, ids); n != 0 {
				t.Errorf("%s: %d control tokens in plain text", name, n)
			}
			if got, want := onePlaceholder(tok.Decode(ids, false)), onePlaceholder(survivor(tok, text)); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}

			var cuts []int
			for i := range text {
				cuts = append(cuts, i)
			}
			special := tok.EncodeCut(text, cuts)
			if tok.AddsBOS() {
				special = special[1:]
			}
			if !slices.Equal(special, ids) {
				t.Errorf("%s: with cuts at every character %v, as plain text %v", name, special, ids)
			}
			tok.Encode(text, true)
		}
	})
}

// survivor is the part of a text that a vocabulary can write. U+2581 is how
// SentencePiece spells a space. SmolLM2 lacks tokens for some bytes, which
// llama.cpp leaves out; the decoder then meets what is left of a character.
func survivor(tok *Tokenizer, text string) string {
	switch m := tok.model.(type) {
	case *spm:
		text = strings.ReplaceAll(text, spaceMark, " ")
		return strings.ToValidUTF8(text, string(utf8.RuneError))
	case *bpe:
		text = strings.ToValidUTF8(text, string(utf8.RuneError))
		kept := make([]byte, 0, len(text))
		for _, b := range []byte(text) {
			if m.byteID[b] != None {
				kept = append(kept, b)
			}
		}
		return strings.ToValidUTF8(string(kept), string(utf8.RuneError))
	}
	return text
}

// onePlaceholder writes a run of U+FFFD as one: how many stand for a run of
// invalid bytes depends on the tokens that held them.
func onePlaceholder(text string) string {
	const placeholder = string(utf8.RuneError)
	for strings.Contains(text, placeholder+placeholder) {
		text = strings.ReplaceAll(text, placeholder+placeholder, placeholder)
	}
	return text
}

// FuzzVocabulary holds that no vocabulary makes New or Encode panic.
func FuzzVocabulary(f *testing.F) {
	f.Add("a\nb\nab", "a b", "\x01\x01\x01", "abab <s>")
	f.Add("<s>\n</s>\n<0x41>", "", "\x03\x03\x06", "</s>")
	f.Add("Ġ\nĠĠ\n", "Ġ Ġ\nĠĠ  ", "", "   ")
	f.Add("\u2581\n \n\u2581\u2581", "", "\x01\x04\x05", "  x ")
	f.Fuzz(func(t *testing.T, tokens, merges, types, text string) {
		for _, c := range []Config{smallSPM(), smallBPE()} {
			for i, token := range strings.Split(tokens, "\n") {
				typ := int32(typeNormal)
				if i < len(types) {
					typ = int32(types[i])
				}
				c.Tokens, c.Types = append(c.Tokens, token), append(c.Types, typ)
				if c.Scores != nil {
					c.Scores = append(c.Scores, float32(len(token)%3))
				}
			}
			if merges != "" {
				c.Merges = strings.Split(merges, "\n")
			}
			tok, err := New(c)
			if err != nil {
				continue
			}
			plain := tok.Encode(text, false)
			if tok.AddsBOS() {
				plain = plain[1:]
			}
			if n := countControl(tok, plain); n != 0 {
				t.Errorf("%s: %d control tokens in plain text", c.Model, n)
			}
			tok.Decode(tok.Encode(text, true), true)
			tok.EncodeCut(text, []int{0, 1, len(text) / 2, len(text)})
		}
	})
}
