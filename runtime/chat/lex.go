package chat

import (
	"fmt"
	"strings"
	"unicode"
)

// A template is cut into segments by the rules of Jinja's own lexer with Hugging
// Face's settings, trim_blocks and lstrip_blocks. White space is settled here,
// once; the library that runs the template then has none left to judge.

// segment is text, an expression {{ }} or a statement {% %}.
type segment struct {
	kind   segmentKind
	text   string  // of text
	tokens []token // of the others
	pos    int     // where it begins in the source
}

type segmentKind uint8

const (
	segmentText segmentKind = iota
	segmentExpr
	segmentStmt
)

// lexer walks the source.
type lexer struct {
	source    string
	pos       int
	lineStart bool // what was read last ended a line
	out       []segment
}

// normalize makes every end of line "\n" and drops the last one.
func normalize(source string) string {
	source = strings.ReplaceAll(source, "\r\n", "\n")
	source = strings.ReplaceAll(source, "\r", "\n")
	return strings.TrimSuffix(source, "\n")
}

// lex cuts a normalized template into segments.
func lex(source string) ([]segment, error) {
	l := lexer{source: source, lineStart: true}
	for l.pos < len(l.source) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

// next reads the text up to a tag, and the tag.
func (l *lexer) next() error {
	rest := l.source[l.pos:]
	at := tagStart(rest)
	if at < 0 {
		l.text(rest)
		l.pos = len(l.source)
		return nil
	}
	kind := rest[at+1]
	inside := rest[at+2:]
	sign := byte(0)
	if inside != "" && (inside[0] == '-' || inside[0] == '+') {
		sign, inside = inside[0], inside[1:]
	}

	text := rest[:at]
	switch {
	case sign == '-':
		text = strings.TrimRightFunc(text, isSpace)
	case sign == 0 && kind != '{':
		line := strings.LastIndexByte(text, '\n') + 1
		if (line > 0 || l.lineStart) && strings.TrimLeftFunc(text[line:], isSpace) == "" {
			text = text[:line]
		}
	}
	l.text(text)
	l.pos = len(l.source) - len(inside)

	if kind == '#' {
		return l.comment()
	}
	if kind == '%' {
		if ok, err := l.raw(); ok || err != nil {
			return err
		}
	}
	return l.tag(kind)
}

func tagStart(s string) int {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '{' && (s[i+1] == '{' || s[i+1] == '%' || s[i+1] == '#') {
			return i
		}
	}
	return -1
}

func (l *lexer) text(text string) {
	if text != "" {
		l.out = append(l.out, segment{kind: segmentText, text: text, pos: l.pos})
	}
}

func (l *lexer) errorf(format string, args ...any) error {
	return atLine(l.source, l.pos, fmt.Errorf(format, args...))
}

func atLine(source string, pos int, err error) error {
	return fmt.Errorf("line %d: %w", 1+strings.Count(source[:pos], "\n"), err)
}

// close moves behind a tag's end, and takes the white space that belongs to it:
// all of it after a '-', and one end of line after a block or a comment.
func (l *lexer) close(n int, sign byte, block bool) {
	start := l.pos
	l.pos += n
	rest := l.source[l.pos:]
	switch {
	case sign == '-':
		l.pos = len(l.source) - len(strings.TrimLeftFunc(rest, isSpace))
	case block && sign == 0 && strings.HasPrefix(rest, "\n"):
		l.pos++
	}
	l.lineStart = strings.HasSuffix(l.source[start:l.pos], "\n")
}

func (l *lexer) comment() error {
	end := strings.Index(l.source[l.pos:], "#}")
	if end < 0 {
		return l.errorf("a comment is not closed")
	}
	sign := byte(0)
	if end > 0 {
		if c := l.source[l.pos+end-1]; c == '-' || c == '+' {
			sign = c
		}
	}
	l.close(end+2, sign, true)
	return nil
}

// raw reads a whole {% raw %} ... {% endraw %}, if one begins here.
func (l *lexer) raw() (bool, error) {
	n, sign, ok := bareTag(l.source[l.pos:], "raw")
	if !ok || sign == '+' {
		return false, nil
	}
	l.close(n, sign, false)
	rest := l.source[l.pos:]
	for at := 0; ; at += 2 {
		i := strings.Index(rest[at:], "{%")
		if i < 0 {
			return true, l.errorf("a raw block is not closed")
		}
		at += i
		inside := rest[at+2:]
		open := byte(0)
		if inside != "" && (inside[0] == '-' || inside[0] == '+') {
			open, inside = inside[0], inside[1:]
		}
		n, sign, ok := bareTag(inside, "endraw")
		if !ok {
			continue
		}
		text := rest[:at]
		if open == '-' {
			text = strings.TrimRightFunc(text, isSpace)
		} else if line := strings.LastIndexByte(text, '\n') + 1; open == 0 && line > 0 && strings.TrimLeftFunc(text[line:], isSpace) == "" {
			text = text[:line]
		}
		l.text(text)
		l.pos = len(l.source) - len(inside)
		l.close(n, sign, true)
		return true, nil
	}
}

// bareTag matches a statement of one word up to its end, and returns its length
// and the sign before the end.
func bareTag(s, word string) (int, byte, bool) {
	inside := strings.TrimLeftFunc(s, isSpace)
	inside, ok := strings.CutPrefix(inside, word)
	if !ok {
		return 0, 0, false
	}
	inside = strings.TrimLeftFunc(inside, isSpace)
	sign := byte(0)
	if inside != "" && (inside[0] == '-' || inside[0] == '+') {
		sign, inside = inside[0], inside[1:]
	}
	if !strings.HasPrefix(inside, "%}") {
		return 0, 0, false
	}
	return len(s) - len(inside) + 2, sign, true
}

// tag reads the tokens of an expression or a statement. Inside brackets the end
// of a tag is not looked for, since a dict may close with "}}".
func (l *lexer) tag(kind byte) error {
	seg := segment{kind: segmentExpr, pos: l.pos}
	end := "}}"
	if kind == '%' {
		seg.kind, end = segmentStmt, "%}"
	}
	depth := 0
	for {
		l.pos = len(l.source) - len(strings.TrimLeftFunc(l.source[l.pos:], isSpace))
		rest := l.source[l.pos:]
		if rest == "" {
			return l.errorf("a tag is not closed: expected %s", end)
		}
		if depth == 0 {
			if strings.HasPrefix(rest, end) {
				l.close(2, 0, kind == '%')
				break
			}
			if sign := rest[0]; (sign == '-' || sign == '+' && kind == '%') && strings.HasPrefix(rest[1:], end) {
				l.close(3, sign, kind == '%')
				break
			}
		}
		tok, n, err := readToken(rest)
		if err != nil {
			return l.errorf("%v", err)
		}
		if tok.kind == tokenOp {
			switch tok.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				if depth--; depth < 0 {
					return l.errorf("%q closes nothing", tok.text)
				}
			}
		}
		seg.tokens = append(seg.tokens, tok)
		l.pos += n
	}
	if len(seg.tokens) == 0 {
		return l.errorf("a tag is empty")
	}
	l.out = append(l.out, seg)
	return nil
}

// isSpace is what Python's strip and \s take for white space.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || 0x1C <= r && r <= 0x1F
}
