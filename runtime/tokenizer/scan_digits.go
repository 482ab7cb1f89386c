package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanSingleNumbers cuts out every \p{N}.
func scanSingleNumbers(text string) int {
	if c, size := classify(text); c == number {
		return size
	}
	return runUntil(text, func(r rune) bool { return classOfRune(r) == number })
}

// scanNumbers cuts out \p{N}+.
func scanNumbers(text string) int {
	if n := run(text, number); n > 0 {
		return n
	}
	return runUntil(text, func(r rune) bool { return classOfRune(r) == number })
}

// scanThreeDigits cuts out [0-9][0-9][0-9].
func scanThreeDigits(text string) int {
	digits := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			digits = 0
			continue
		}
		if digits++; digits < 3 {
			continue
		}
		if i >= 3 {
			return i - 2
		}
		return 3
	}
	return len(text)
}

// scanPunctuation cuts out [\p{P}$+<=>^~|]+.
func scanPunctuation(text string) int {
	if n := runUntil(text, func(r rune) bool { return !isPunctuation(r) }); n > 0 {
		return n
	}
	return runUntil(text, isPunctuation)
}

func isPunctuation(r rune) bool {
	return unicode.IsPunct(r) || r < utf8.RuneSelf && strings.ContainsRune("$+<=>^~|", r)
}

// runUntil is the length of a text up to the first character for which stop holds.
func runUntil(text string, stop func(rune) bool) int {
	if n := strings.IndexFunc(text, stop); n >= 0 {
		return n
	}
	return len(text)
}
