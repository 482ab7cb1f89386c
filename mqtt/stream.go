package mqtt

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// publishEvery is the pause between two messages about the same prompt.
const publishEvery = 100 * time.Millisecond

// StreamPart is a message on the topic stream.
type StreamPart struct {
	ID   string `json:"id"`
	Seq  int    `json:"seq"` // counted from 0
	Text string `json:"text"`
	Done bool   `json:"done"` // the last one; its text may be empty
}

// streamer collects the text of one answer until a message is worth while.
type streamer struct {
	pending strings.Builder
	seq     int
	last    time.Time // when a part was published
}

// push adds text and gives back what is to be published now.
func (s *streamer) push(text string, by Stream, plain bool, now time.Time) (parts []string) {
	if by != StreamPieces && by != StreamSentences {
		return nil
	}
	s.pending.WriteString(Clean(text))
	if by == StreamPieces && !plain {
		if s.pending.Len() > 0 && now.Sub(s.last) >= publishEvery {
			parts = append(parts, s.pending.String())
			s.pending.Reset()
		}
	} else {
		// Markup can only be told by the sentence, so that plain pieces are
		// sentences too.
		rest := s.pending.String()
		for end := sentenceEnd(rest); end > 0; end = sentenceEnd(rest) {
			parts = append(parts, finish(rest[:end], plain))
			rest = rest[end:]
		}
		s.pending.Reset()
		s.pending.WriteString(rest)
	}
	if len(parts) > 0 {
		s.last = now
	}
	return parts
}

// end gives back what is left.
func (s *streamer) end(plain bool) string {
	text := finish(s.pending.String(), plain)
	s.pending.Reset()
	return text
}

func finish(text string, plain bool) string {
	if plain {
		return Plain(text)
	}
	return text
}

// sentenceEnd is the length of the first finished sentence of text with the white
// space behind it, 0 when there is none. A sentence is finished only by what
// follows it, since "3." may become "3.5".
func sentenceEnd(text string) int {
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		switch {
		case r == '\n':
		case strings.ContainsRune("。！？", r):
		case strings.ContainsRune(".!?…", r):
			end += len(text[end:]) - len(strings.TrimLeft(text[end:], ".!?…\"')]»”’*_"))
			next, _ := utf8.DecodeRuneInString(text[end:])
			if !unicode.IsSpace(next) || r == '.' && abbreviated(text[:i]) {
				continue
			}
		default:
			continue
		}
		if rest := strings.TrimLeftFunc(text[end:], unicode.IsSpace); rest != "" || r == '\n' {
			return len(text) - len(rest)
		}
		return 0 // more white space may come
	}
	return 0
}

// abbreviated says that a full stop behind text hardly ends a sentence: behind
// the number of a list entry or a single letter.
func abbreviated(text string) bool {
	word := text[strings.LastIndexFunc(text, unicode.IsSpace)+1:]
	return word == "" || utf8.RuneCountInString(word) == 1 || strings.Trim(word, "0123456789") == ""
}
