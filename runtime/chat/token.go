package chat

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number, an operator or a string inside a tag.
type token struct {
	kind tokenKind
	text string // of a string its value, without quotes and escapes
}

type tokenKind uint8

const (
	tokenName tokenKind = iota
	tokenNumber
	tokenString
	tokenOp
)

func (t token) is(op string) bool { return t.kind == tokenOp && t.text == op }
func (t token) named(name string) bool {
	return t.kind == tokenName && t.text == name
}

// operators has longer ones before those they begin with.
var operators = [...]string{
	"**", "//", "==", "!=", ">=", "<=",
	"+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", ">", "<", "=", ".", ":", "|", ",",
}

// readToken reads the token that s begins with.
func readToken(s string) (token, int, error) {
	switch c := s[0]; {
	case c == '\'' || c == '"':
		return readString(s)
	case '0' <= c && c <= '9':
		return readNumber(s)
	}
	n := 0
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			break
		}
		n = i + utf8.RuneLen(r)
	}
	if n > 0 {
		return token{tokenName, s[:n]}, n, nil
	}
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return token{tokenOp, op}, len(op), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(s)
	return token{}, 0, fmt.Errorf("%q is not expected in a tag", r)
}

func readNumber(s string) (token, int, error) {
	n := 0
	digits := func() {
		for n < len(s) && ('0' <= s[n] && s[n] <= '9' || s[n] == '_') {
			n++
		}
	}
	digits()
	if n+1 < len(s) && s[n] == '.' && '0' <= s[n+1] && s[n+1] <= '9' {
		n++
		digits()
	}
	if n < len(s) && (s[n] == '_' || unicode.IsLetter(rune(s[n]))) {
		return token{}, 0, fmt.Errorf("number %q is not supported: expected decimal digits", s[:n+1])
	}
	return token{tokenNumber, strings.ReplaceAll(s[:n], "_", "")}, n, nil
}

// readString reads a string with Python's escapes.
func readString(s string) (token, int, error) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case quote:
			return token{tokenString, b.String()}, i + 1, nil
		case '\\':
			if i+1 == len(s) {
				continue
			}
			n, err := unescape(&b, s[i+1:])
			if err != nil {
				return token{}, 0, err
			}
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return token{}, 0, fmt.Errorf("a string is not closed")
}

// unescape writes what stands after a backslash and returns its length.
func unescape(b *strings.Builder, s string) (int, error) {
	const named = "n\nt\tr\rb\bf\fv\va\a\\\\''\"\""
	for i := 0; i < len(named); i += 2 {
		if s[0] == named[i] {
			b.WriteByte(named[i+1])
			return 1, nil
		}
	}
	switch digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]; {
	case s[0] == '\n': // a line that goes on
		return 1, nil
	case digits > 0:
		if len(s) > digits {
			if r, err := strconv.ParseUint(s[1:1+digits], 16, 32); err == nil && utf8.ValidRune(rune(r)) {
				b.WriteRune(rune(r))
				return 1 + digits, nil
			}
		}
		return 0, fmt.Errorf("escape \\%c needs %d hexadecimal digits of a character", s[0], digits)
	case '0' <= s[0] && s[0] <= '7', s[0] == 'N':
		return 0, fmt.Errorf("escape \\%c is not supported", s[0])
	}
	b.WriteByte('\\') // Python keeps a backslash that means nothing
	return 0, nil
}
