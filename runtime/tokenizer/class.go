package tokenizer

import (
	"unicode"
	"unicode/utf8"
)

// class is what the scanners tell characters apart by.
type class uint8

const (
	other  class = iota // punctuation, symbols, marks, controls, what is not assigned
	letter              // \p{L}
	number              // \p{N}
	space               // \s: what has Unicode's White_Space property
	end                 // there is no character
)

var asciiClass = func() (table [utf8.RuneSelf]class) {
	for r := range table {
		table[r] = classOfRune(rune(r))
	}
	return table
}()

// classify returns the class of the first character and its length.
func classify(text string) (class, int) {
	if text == "" {
		return end, 0
	}
	if text[0] < utf8.RuneSelf {
		return asciiClass[text[0]], 1
	}
	r, n := utf8.DecodeRuneInString(text)
	return classOfRune(r), n
}

func classOfRune(r rune) class {
	switch {
	case unicode.IsLetter(r), isNewIdeograph(r):
		return letter
	case unicode.IsNumber(r):
		return number
	case unicode.IsSpace(r):
		return space
	}
	return other
}

// isNewIdeograph knows CJK Extension I, the letters that Unicode 15.1 added.
// Package unicode has the tables of 15.0; llama.cpp has those of 15.1.
func isNewIdeograph(r rune) bool { return 0x2EBF0 <= r && r <= 0x2EE5D }

// run is the length of the characters of one class that a text begins with.
func run(text string, c class) int {
	n := 0
	for {
		got, size := classify(text[n:])
		if got != c {
			return n
		}
		n += size
	}
}
