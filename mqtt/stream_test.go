package mqtt

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSentenceEnd(t *testing.T) {
	for _, test := range []struct{ text, first string }{
		{"", ""},
		{"It rains", ""},
		{"It rains.", ""}, // it may be 3.5 degrees
		{"It rains. ", ""},
		{"It rains. Take", "It rains. "},
		{"It is 3.5 degrees. Take", "It is 3.5 degrees. "},
		{"Really?! Yes", "Really?! "},
		{`He said "no." Then`, `He said "no." `},
		{"1. Bread", ""},
		{"J. S. Bach lives. He", "J. S. Bach lives. "},
		{"Milk\nBread", "Milk\n"},
		{"Milk\n", "Milk\n"},
		{"雨です。傘", "雨です。"},
		{"wait... what", "wait... "},
	} {
		if got := test.text[:sentenceEnd(test.text)]; got != test.first {
			t.Errorf("first sentence of %q is %q, want %q", test.text, got, test.first)
		}
	}
}

func TestStreamPieces(t *testing.T) {
	var s streamer
	now := time.Unix(1760000000, 0)
	var got []string
	for _, text := range []string{"a", "b", "\x1b[2J", "c", "", "d"} {
		got = append(got, s.push(text, StreamPieces, false, now)...)
		now = now.Add(40 * time.Millisecond)
	}
	got = append(got, s.end(false))
	if want := []string{"a", "b[2Jc", "d"}; !slices.Equal(got, want) {
		t.Errorf("pieces %q, want %q", got, want)
	}
}

func TestStreamSentences(t *testing.T) {
	const text = "**Rain** today. Take an umbrella! Or\nstay."
	for _, test := range []struct {
		plain bool
		want  []string
	}{
		{false, []string{"**Rain** today. ", "Take an umbrella! ", "Or\n", "stay."}},
		{true, []string{"Rain today. ", "Take an umbrella! ", "Or\n", "stay."}},
	} {
		var s streamer
		var got []string
		for _, word := range strings.SplitAfter(text, "") {
			got = append(got, s.push(word, StreamSentences, test.plain, time.Time{})...)
		}
		got = append(got, s.end(test.plain))
		if !slices.Equal(got, test.want) {
			t.Errorf("plain %v: %q, want %q", test.plain, got, test.want)
		}
	}
}
