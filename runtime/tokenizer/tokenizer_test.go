package tokenizer

import (
	"slices"
	"strings"
	"testing"
)

// TestBeginningOnce holds that BOS and EOS are added as the file says, and never
// where the text already has them.
func TestBeginningOnce(t *testing.T) {
	yes, no := true, false
	spm, bpe := smallSPM("▁", "a", "▁a"), smallBPE()
	with := func(c Config, bos, eos *bool) Config { c.AddBOS, c.AddEOS = bos, eos; return c }
	llama3 := bpe
	llama3.Pre = "llama-bpe"
	const a, A = 260, 2 + 'a' - '!'
	for _, test := range []struct {
		name    string
		config  Config
		text    string
		special bool
		want    []ID
	}{
		{"spm by default", spm, "a", true, []ID{1, 261}},
		{"spm, empty", spm, "", true, []ID{1}},
		{"spm, not wanted", with(spm, &no, nil), "a", true, []ID{261}},
		{"spm, in the text", spm, "<s>a", true, []ID{1, 261}},
		{"spm, twice in the text", spm, "<s><s>a", true, []ID{1, 1, 261}},
		{"spm, as plain text", with(spm, nil, &yes), "a", false, []ID{1, 261, 2}},
		{"spm, end in the text", with(spm, nil, &yes), "a</s>", true, []ID{1, 261, 2}},
		{"bpe by default", bpe, "a", true, []ID{A}},
		{"llama-bpe by default", llama3, "a", true, []ID{0, A}},
		{"llama-bpe, in the text", llama3, "<|im_start|>a", true, []ID{0, A}},
		{"llama-bpe, not wanted", with(llama3, &no, nil), "a", true, []ID{A}},
	} {
		if got := mustNew(t, test.config).Encode(test.text, test.special); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestSpacePrefix(t *testing.T) {
	no := false
	c := smallSPM("▁", "a", "▁a")
	if got, want := mustNew(t, c).Encode("a</s>a", true), []ID{1, 261, 2, 261}; !slices.Equal(got, want) {
		t.Errorf("after a control token too: got %v, want %v", got, want)
	}
	c.AddSpacePrefix = &no
	if got, want := mustNew(t, c).Encode("a a", true), []ID{1, 260, 261}; !slices.Equal(got, want) {
		t.Errorf("switched off: got %v, want %v", got, want)
	}
}

func TestRestHasNothingAdded(t *testing.T) {
	yes := true
	spm, bpe := smallSPM("▁", "a", "▁a"), smallBPE()
	spm.AddEOS, bpe.AddBOS = &yes, &yes
	const a, A = 260, 2 + 'a' - '!'
	for _, test := range []struct {
		config Config
		text   string
		want   []ID
	}{{spm, "a", []ID{a}}, {spm, " a", []ID{a + 1}}, {spm, "", nil}, {bpe, "a", []ID{A}}} {
		if got := mustNew(t, test.config).EncodeRest(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s %q: got %v, want %v", test.config.Model, test.text, got, test.want)
		}
	}
	if got := mustNew(t, spm).EncodeRest("</s>"); slices.Contains(got, 2) {
		t.Errorf("plain text became the end of sequence: %v", got)
	}
}

// TestPlainTextSpellsNoControlToken holds what llama.cpp does not promise: its
// merges can end in a control token.
func TestPlainTextSpellsNoControlToken(t *testing.T) {
	c := smallSPM("</", "s>", "</s")
	tok := mustNew(t, c)
	for _, text := range []string{"</s>", "a</s>", "<s>", "<unk>"} {
		for _, id := range tok.Encode(text, false)[1:] {
			if tok.IsControl(id) {
				t.Errorf("%q has control token %d", text, id)
			}
		}
	}

	c = smallBPE("< /", "</ s", "</s >")
	c.Pre = "llama-bpe"
	c.Types[len(c.Types)-1] = typeControl // the token </s>, which a merge makes
	no := false
	c.AddBOS = &no
	tok = mustNew(t, c)
	for _, id := range tok.encodeWordForTest("</s>") {
		if tok.IsControl(id) {
			t.Errorf("merging made control token %d", id)
		}
	}
}

// encodeWordForTest encodes a text as one word.
func (t *Tokenizer) encodeWordForTest(word string) []ID {
	return t.model.(*bpe).encodeWord(nil, word, &merger{})
}

// TestUserDefined holds that user-defined tokens are matched in plain text too,
// longer ones first and of equal ones the leftmost.
func TestUserDefined(t *testing.T) {
	c := smallBPE()
	for _, text := range []string{"[A]", "[A][A]", "xAy", "<|im_end|>!"} {
		c.Tokens, c.Types = append(c.Tokens, text), append(c.Types, typeUserDefined)
	}
	tok := mustNew(t, c)
	const one, two, bang = 258, 259, 261
	for _, test := range []struct {
		text    string
		special bool
		want    []ID
	}{
		{"[A]", false, []ID{one}},
		{"[A][A][A]", false, []ID{two, one}},
		{"[A][A][A]", true, []ID{two, one}},
		{"<|im_end|>[A]", true, []ID{1, one}},
		{"<|im_end|>!", true, []ID{bang}},
	} {
		if got := tok.Encode(test.text, test.special); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.text, got, test.want)
		}
	}
	if got := tok.Encode("<|im_end|>[A]", false); len(got) != 11 || got[10] != one {
		t.Errorf("plain text: got %v, want ten bytes and the user-defined token", got)
	}
}

// TestCuts holds that a cut hides the control tokens it lies in and does nothing
// else.
func TestCuts(t *testing.T) {
	for _, name := range []string{"llama-spm", "smollm2"} {
		tok := load(t, name)
		var mark string
		for _, text := range tok.Controls() {
			mark = max(mark, text)
		}
		text := "one " + mark + mark + " two"
		at := len("one ")
		for _, test := range []struct {
			cuts []int
			want int
		}{
			{nil, 2},
			{[]int{at}, 2}, // beside a token is not inside
			{[]int{at, at + len(mark), at + 2*len(mark)}, 2},
			{[]int{at + 1}, 1},
			{[]int{at + len(mark) - 1}, 1},
			{[]int{0, at + 1, at + len(mark) + 1, len(text)}, 0},
		} {
			ids := tok.EncodeCut(text, test.cuts)
			if tok.AddsBOS() {
				ids = ids[1:]
			}
			if got := countControl(tok, ids); got != test.want {
				t.Errorf("%s, cuts %v: %d control tokens, want %d", name, test.cuts, got, test.want)
			}
		}
		for _, v := range readVectors(t, name) {
			var everywhere []int
			for i := range v.Text {
				everywhere = append(everywhere, i)
			}
			if got := tok.EncodeCut(v.Text, everywhere); !slices.Equal(got, v.Plain) {
				t.Errorf("%s: cuts change %q:\n got %v\nwant %v", name, v.Text, got, v.Plain)
			}
		}
	}
}

// TestCutBesideOneCharacter holds that a control token of one character, which
// has no inside, is hidden by a cut beside it.
func TestCutBesideOneCharacter(t *testing.T) {
	c := smallBPE()
	c.Tokens, c.Types = append(c.Tokens, "♦"), append(c.Types, typeControl)
	tok := mustNew(t, c)
	if got := countControl(tok, tok.EncodeCut("a♦b", nil)); got != 1 {
		t.Errorf("without cuts: %d control tokens, want 1", got)
	}
	if got := countControl(tok, tok.EncodeCut("a♦b", []int{len("a♦")})); got != 0 {
		t.Errorf("with a cut beside it: %d control tokens, want 0", got)
	}
}

func countControl(tok *Tokenizer, ids []ID) int {
	n := 0
	for _, id := range ids {
		if tok.IsControl(id) {
			n++
		}
	}
	return n
}

func TestEndOfGeneration(t *testing.T) {
	c := smallBPE()
	c.Tokens = append(c.Tokens, "<|eot_id|>", "<think>", "stop", "<|endoftext|>", "[end]")
	c.Types = append(c.Types, typeControl, typeControl, typeNormal, typeNormal, typeControl)
	c.EOT = 262
	tok := mustNew(t, c)
	want := map[string]bool{"<|im_start|>": false, "<|im_end|>": true, "<|eot_id|>": true, "<think>": false, "stop": false, "<|endoftext|>": true, "[end]": true}
	for id, text := range c.Tokens {
		if end, ok := want[text]; ok && tok.IsEOG(ID(id)) != end {
			t.Errorf("%s: IsEOG is %v, want %v", text, !end, end)
		}
	}
	for _, id := range []ID{None, ID(tok.Size()), 1 << 30} {
		if tok.IsEOG(id) || tok.IsControl(id) || tok.Piece(id) != "" {
			t.Errorf("id %d is outside the vocabulary and has properties", id)
		}
	}
}

// TestRealVocabularies holds facts about the two files.
func TestRealVocabularies(t *testing.T) {
	for _, test := range []struct {
		name     string
		size     int
		bos, eos ID
		adds     bool
		piece    ID
		text     string
		eog      []ID
	}{
		{"llama-spm", 32000, 1, 2, true, 3186, " world", []ID{2}},
		{"smollm2", 49152, 1, 2, false, 905, " world", []ID{0, 2}},
	} {
		tok := load(t, test.name)
		if tok.Size() != test.size || tok.BOS() != test.bos || tok.EOS() != test.eos || tok.AddsBOS() != test.adds {
			t.Errorf("%s: size %d, bos %d, eos %d, adds bos %v", test.name, tok.Size(), tok.BOS(), tok.EOS(), tok.AddsBOS())
		}
		if got := tok.Piece(test.piece); got != test.text {
			t.Errorf("%s: piece %d is %q, want %q", test.name, test.piece, got, test.text)
		}
		var eog []ID
		for id := range ID(tok.Size()) {
			if tok.IsEOG(id) {
				eog = append(eog, id)
			}
		}
		if !slices.Equal(eog, test.eog) {
			t.Errorf("%s: generations end at %v, want %v", test.name, eog, test.eog)
		}
		if len(tok.Warnings()) > 0 {
			t.Errorf("%s: warnings %q", test.name, tok.Warnings())
		}
		if tok.Bytes() > 4<<20 {
			t.Errorf("%s takes %d bytes", test.name, tok.Bytes())
		}
	}
	if got := load(t, "smollm2").Lookup("<|im_start|>"); got != 1 {
		t.Errorf("<|im_start|> is %d, want 1", got)
	}
	if got := load(t, "smollm2").Lookup("hello"); got != None {
		t.Errorf("hello is control token %d", got)
	}
}

// longTexts are 100 kB that a quadratic algorithm would choke on.
var longTexts = map[string]string{
	"one letter":     strings.Repeat("a", 100_000),
	"spaces":         strings.Repeat(" ", 100_000),
	"no space":       strings.Repeat("thequickbrownfoxjumpsoverthelazydog", 100_000/35),
	"prose":          strings.Repeat("The quick brown fox jumps over the lazy dog. ", 100_000/45),
	"digits":         strings.Repeat("1234567890", 10_000),
	"newlines":       strings.Repeat("\n \n", 100_000/3),
	"control tokens": strings.Repeat("</s><|im_end|>", 100_000/14),
	"half tokens":    strings.Repeat("<|im_", 20_000),
	"emoji":          strings.Repeat("👩‍👩‍👧", 100_000/18),
}

// TestLongTexts asserts no time; it would not end if something were quadratic.
func TestLongTexts(t *testing.T) {
	for _, name := range []string{"llama-spm", "smollm2"} {
		tok := load(t, name)
		for kind, text := range longTexts {
			if got := tok.Decode(tok.Encode(text, false), false); got != text {
				t.Errorf("%s: %s came back changed", name, kind)
			}
			tok.Encode(text, true)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"llama-spm", "smollm2"} {
		tok := load(b, name)
		for kind, text := range longTexts {
			b.Run(name+"/"+strings.ReplaceAll(kind, " ", "-"), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					tok.Encode(text, true)
				}
			})
		}
	}
}
