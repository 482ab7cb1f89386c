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

// FuzzDecoder holds that whatever tokens come, each piece of text is whole UTF-8,
// and that together they are the tokens' bytes with U+FFFD for what is no character.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte("plain"), false)
	f.Add([]byte{0xF0, 0x9F, 0xA6, 0x99}, false)
	f.Add([]byte{0xE2, 0x82, 'a', 0xFF, 0xC3}, true)
	f.Add([]byte{0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xC0, 0xAF}, false)
	f.Add([]byte{1, 0, 0x10, 0x27, 0xFF, 0xFF}, true)
	f.Fuzz(func(t *testing.T, data []byte, special bool) {
		single := mustNew(t, smallSPM("\u2581", "ab", "\xe2\x82", "\xac\xf0\x9f", "é"))
		const bytes = 3 // its tokens of bytes begin here
		var ids []ID
		for _, b := range data {
			ids = append(ids, min(bytes+ID(b)*265/255, ID(single.Size())))
		}
		checkStream(t, single, ids, special)

		many := load(t, "smollm2")
		ids = ids[:0]
		for ; len(data) >= 2; data = data[2:] {
			ids = append(ids, ID(data[0])|ID(data[1])<<8)
		}
		checkStream(t, many, ids, special)
	})
}

func checkStream(t *testing.T, tok *Tokenizer, ids []ID, special bool) {
	t.Helper()
	d := tok.NewDecoder(special)
	var streamed, raw strings.Builder
	show := func(text string) {
		if !utf8.ValidString(text) {
			t.Errorf("tokens %v: %q is no UTF-8", ids, text)
		}
		streamed.WriteString(text)
	}
	for _, id := range ids {
		show(d.Push(id))
		if special || !tok.IsControl(id) {
			raw.WriteString(tok.Piece(id))
		}
	}
	show(d.Flush())
	if got, want := onePlaceholder(streamed.String()), onePlaceholder(strings.ToValidUTF8(raw.String(), string(utf8.RuneError))); got != want {
		t.Errorf("tokens %v: %q, want %q", ids, got, want)
	}
}
