package tokenizer

import "strings"

// scanLlama3 and scanQwen2 cut like Llama 3 and Qwen2, which differ in how many
// digits a word may have, three and one:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
//	 ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
func scanLlama3(text string) int { return scanTiktoken(text, 3) }
func scanQwen2(text string) int  { return scanTiktoken(text, 1) }

func scanTiktoken(text string, digits int) int {
	if n := anyContraction(text); n > 0 {
		return n
	}
	c, size := classify(text)
	if c == letter {
		return run(text, letter)
	}
	if c == number {
		n := 0
		for range digits {
			got, size := classify(text[n:])
			if got != number {
				break
			}
			n += size
		}
		return n
	}
	if text[0] != '\r' && text[0] != '\n' {
		if n := run(text[size:], letter); n > 0 {
			return size + n
		}
	}

	skip := 0
	if text[0] == ' ' {
		skip = 1
	}
	if n := run(text[skip:], other); n > 0 {
		n += skip
		for n < len(text) && (text[n] == '\r' || text[n] == '\n') {
			n++
		}
		return n
	}
	if n := strings.LastIndexAny(text[:run(text, space)], "\r\n"); n >= 0 {
		return n + 1
	}
	return spaces(text)
}

// anyContraction is contraction in either case.
func anyContraction(text string) int {
	if len(text) < 2 || text[0] != '\'' {
		return 0
	}
	return contraction(strings.ToLower(text[:min(3, len(text))]))
}
