package tokenizer

import "strings"

// scanGPT2 cuts like GPT-2:
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
func scanGPT2(text string) int {
	if n := contraction(text); n > 0 {
		return n
	}
	c, size := classify(text)
	skip := 0
	if text[0] == ' ' {
		if c, _ = classify(text[1:]); c != end {
			skip = 1
		}
	}
	if c == letter || c == number || c == other {
		return skip + run(text[skip:], c)
	}
	if c == end { // a single space, and nothing after it
		return size
	}
	return spaces(text)
}

// contraction is the length of an English ending such as 's or 're.
func contraction(text string) int {
	if len(text) < 2 || text[0] != '\'' {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	for _, ending := range [...]string{"re", "ve", "ll"} {
		if strings.HasPrefix(text[1:], ending) {
			return 3
		}
	}
	return 0
}

// spaces is \s+(?!\S)|\s+ for a text that begins with white space: all of it, but
// the last one is left to the word that follows, if there is one and it is not
// the only one.
func spaces(text string) int {
	n, last := 0, 0
	for {
		c, size := classify(text[n:])
		if c == end || c != space && n == last {
			return n
		}
		if c != space {
			return n - last
		}
		n += size
		last = size
	}
}
