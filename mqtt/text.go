package mqtt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean is text as it may leave the house: valid UTF-8 without control characters
// but newline and tab, and without the marks that make a text show in another
// order than it is written. A model can write any of them, and terminals and
// displays obey.
func Clean(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, unclean) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unclean(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func unclean(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069: // bidirectional overrides and isolates
		return true
	}
	return unicode.IsControl(r)
}

// maxShort is the length of a short text in characters. Home Assistant refuses a
// state over 255.
const maxShort = 250

// short is the head of text on one line, cut at a word.
func short(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(line) <= maxShort {
		return line
	}
	runes := []rune(line)[:maxShort-1] // room for the ellipsis
	if i := lastSpace(runes); i > maxShort/2 {
		runes = runes[:i]
	}
	return string(runes) + "…"
}

func lastSpace(runes []rune) int {
	for i := len(runes) - 1; i >= 0; i-- {
		if runes[i] == ' ' {
			return i
		}
	}
	return -1
}
