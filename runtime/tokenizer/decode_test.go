package tokenizer

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDecodeStream holds that text appears as soon as its characters are whole.
func TestDecodeStream(t *testing.T) {
	const b = 3 // the byte tokens of smallSPM begin here
	tok := mustNew(t, smallSPM("▁", "ab", "é"))
	for _, test := range []struct {
		name    string
		special bool
		ids     []ID
		want    []string // one a Push, then Flush
	}{
		{"pieces", false, []ID{260, 259, 261}, []string{"ab", " ", "é", ""}},
		{"a character of four bytes", false, []ID{b + 0xF0, b + 0x9F, b + 0xA6, b + 0x99}, []string{"", "", "", "🦙", ""}},
		{"and more after it", false, []ID{b + 0xC3, b + 0xA9, 260}, []string{"", "é", "ab", ""}},
		{"ends inside", false, []ID{260, b + 0xE2, b + 0x82}, []string{"ab", "", "", "\uFFFD"}},
		{"breaks off", false, []ID{b + 0xE2, b + 0x82, 260}, []string{"", "", "\uFFFDab", ""}},
		{"no character", false, []ID{b + 0xFF, 260, b + 0x80}, []string{"\uFFFD", "ab", "\uFFFD", ""}},
		{"control tokens are left out", false, []ID{1, 260, 2}, []string{"", "ab", "", ""}},
		{"or shown", true, []ID{1, 260, 2}, []string{"<s>", "ab", "</s>", ""}},
		{"no such id", false, []ID{None, 9999, 260}, []string{"", "", "ab", ""}},
	} {
		d := tok.NewDecoder(test.special)
		for i, id := range test.ids {
			if got := d.Push(id); got != test.want[i] {
				t.Errorf("%s: token %d gave %q, want %q", test.name, i, got, test.want[i])
			}
		}
		if got, want := d.Flush(), test.want[len(test.ids)]; got != want {
			t.Errorf("%s: the end gave %q, want %q", test.name, got, want)
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	for _, name := range []string{"llama-spm", "smollm2"} {
		tok := load(t, name)
		ids := tok.Encode("Plain words, one after another.", false)
		d := tok.NewDecoder(false)
		if n := testing.AllocsPerRun(100, func() {
			for _, id := range ids {
				d.Push(id)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestDecodeEveryToken holds that any sequence decodes to valid UTF-8.
func TestDecodeEveryToken(t *testing.T) {
	for _, name := range []string{"llama-spm", "smollm2"} {
		tok := load(t, name)
		d := tok.NewDecoder(true)
		var b strings.Builder
		for id := range ID(tok.Size()) {
			b.WriteString(d.Push(id * 7919 % ID(tok.Size())))
		}
		b.WriteString(d.Flush())
		if !utf8.ValidString(b.String()) {
			t.Errorf("%s decodes to invalid UTF-8", name)
		}
	}
}
