package mqtt

import (
	"regexp"
	"strings"
	"unicode"
)

// Plain is text as a display or a voice can use it: without markdown and emoji.
// Words, order and lines stay.
func Plain(text string) string {
	lines := strings.SplitAfter(text, "\n")
	kept := lines[:0]
	for _, line := range lines {
		body := strings.TrimRight(line, "\n")
		ending := line[len(body):]
		if dropped.MatchString(body) {
			continue
		}
		body = lead.ReplaceAllString(body, "")
		for _, m := range markup {
			body = m.pattern.ReplaceAllString(body, m.with)
		}
		kept = append(kept, withoutEmoji(body)+ending)
	}
	return strings.Join(kept, "")
}

var (
	// Fences of code, rules, and the line under a table's head.
	dropped = regexp.MustCompile("^\\s*(```.*|~~~.*|[-*_]{3,}|\\|?[ :|-]*-{3}[ :|-]*)\\s*$")
	// Headings, quotes and bullets.
	lead = regexp.MustCompile(`^\s*(#{1,6}\s+|>\s?|[-*+]\s+)+`)
	// What stands within a line: pictures and links keep their words.
	markup = []struct {
		pattern *regexp.Regexp
		with    string
	}{
		{regexp.MustCompile(`!?\[([^\]]*)\]\([^)\s]*\)`), "$1"},
		{regexp.MustCompile("`+([^`]*)`+"), "$1"},
		{regexp.MustCompile(`\*\*\*?([^*]+?)\*?\*\*`), "$1"},
		{regexp.MustCompile(`\*([^\s*][^*]*?)\*`), "$1"},
		{regexp.MustCompile(`\b__([^_]+)__\b`), "$1"},
		{regexp.MustCompile(`\b_([^_\s][^_]*)_\b`), "$1"},
		{regexp.MustCompile(`~~([^~]+)~~`), "$1"},
		{regexp.MustCompile(`^\s*\|\s*|\s*\|\s*$`), ""},
		{regexp.MustCompile(`\s+\|\s+`), ", "},
	}
)

// withoutEmoji takes pictures out, with the joiners between them and the space in
// front.
func withoutEmoji(s string) string {
	if !strings.ContainsFunc(s, isEmoji) {
		return s
	}
	const joiner = '\u200D' // letters of some scripts need it too
	var b strings.Builder
	space, picture := false, false // held back until it is known what follows
	for _, r := range s {
		switch {
		case isEmoji(r) || r == joiner && picture:
			space, picture = false, true
			continue
		case r == ' ':
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			space = false
		}
		picture = false
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

// isEmoji covers the blocks that hold pictures only; signs such as © and ™ and
// arrows, which texts use, stay.
func isEmoji(r rune) bool { return unicode.Is(emoji, r) }

var emoji = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x20E3, Hi: 0x20E3, Stride: 1}, // keycap
		{Lo: 0x2600, Hi: 0x27BF, Stride: 1}, // miscellaneous symbols, dingbats
		{Lo: 0x2B1B, Hi: 0x2B1C, Stride: 1}, // squares
		{Lo: 0x2B50, Hi: 0x2B55, Stride: 1}, // star, circle
		{Lo: 0xFE0F, Hi: 0xFE0F, Stride: 1}, // selector for colour
	},
	R32: []unicode.Range32{
		{Lo: 0x1F000, Hi: 0x1FAFF, Stride: 1}, // tiles, cards, flags, pictographs
		{Lo: 0xE0020, Hi: 0xE007F, Stride: 1}, // tags of flags
	},
}
