package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold makes letters small, and others plain whose small or capital form is plain
// ASCII (the Kelvin sign is one). Where that changes a length, origin tells for
// each position of the folded text the one it came from.
func fold(text string) (folded string, origin []int) {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf && plain(r) < utf8.RuneSelf }) {
		return strings.Map(plain, text), nil
	}
	var b strings.Builder
	for i, r := range text {
		b.WriteRune(plain(r))
		for len(origin) < b.Len() {
			origin = append(origin, i)
		}
	}
	return b.String(), append(origin, len(text))
}

func plain(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	if r < utf8.RuneSelf {
		return r
	}
	if small := unicode.ToLower(r); small < utf8.RuneSelf {
		return small
	}
	if small := unicode.ToLower(unicode.ToUpper(r)); small < utf8.RuneSelf {
		return small
	}
	return r
}

// reverse spells a text backwards, byte by byte.
func reverse(text string) string {
	b := []byte(text)
	slices.Reverse(b)
	return string(b)
}
