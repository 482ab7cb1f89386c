package tokenizer

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// spm encodes with a SentencePiece vocabulary: the text begins as single
// characters, and of all neighbours whose joined text is a token the pair with
// the best score is merged. A character that is no token becomes byte tokens.
//
// In the file a space is written as U+2581. Here pieces have real spaces instead,
// and U+2581 in a text is read as one.
type spm struct {
	vocab  *vocab
	scores []uint32 // rank by token: the order of the scores, best first
	byteID [256]ID
}

const spaceMark = "\u2581"

func newSPM(c *Config) (*spm, error) {
	if c.Scores == nil {
		return nil, fault(keyScores, "is missing: expected %d scores, one a token", len(c.Tokens))
	}
	s := &spm{vocab: newVocab(len(c.Tokens)), scores: make([]uint32, len(c.Tokens))}
	for i := range s.byteID {
		s.byteID[i] = None
	}

	var bad error
	s.vocab.fill(len(c.Tokens), func(i int) (string, uint8) {
		text, marks := c.Tokens[i], c.marks(i)
		switch c.typeOf(i) {
		case typeByte:
			b, ok := byteToken(text)
			if !ok && bad == nil {
				bad = faultAt(keyTokens, i, "is %.80q, of type byte: expected <0x00> to <0xFF>", text)
			}
			return string([]byte{b}), marks
		case typeNormal, typeUnused, typeUndefined:
			if marks&markControl == 0 {
				return strings.ReplaceAll(text, spaceMark, " "), marks
			}
		}
		return text, marks
	})
	if bad != nil {
		return nil, bad
	}

	for i, text := range c.Tokens {
		score := c.Scores[i]
		if math.IsNaN(float64(score)) || math.IsInf(float64(score), 0) {
			return nil, faultAt(keyScores, i, "is %v: expected a finite number", score)
		}
		s.scores[i] = rankOfScore(score)
		if s.vocab.marked(ID(i), markControl|markUserDefined) {
			continue
		}
		if b, ok := byteToken(text); ok && s.byteID[b] == None {
			s.byteID[b] = ID(i)
		}
		// A literal space can't be found: the text never holds one, it holds U+2581.
		if c.typeOf(i) != typeByte && text != "" && !strings.Contains(text, " ") {
			if other := s.vocab.index(ID(i)); other != None {
				return nil, faultAt(keyTokens, i, "is %.80q, like token %d: expected every token once", text, other)
			}
		}
	}
	for b, id := range s.byteID {
		if id == None {
			s.byteID[b] = s.vocab.find(string([]byte{byte(b)}))
		}
		if s.byteID[b] == None {
			return nil, fault(keyTokens, "has no <0x%02X>: expected a token for every byte", b)
		}
	}
	return s, nil
}

// byteToken reads "<0x41>".
func byteToken(text string) (byte, bool) {
	if len(text) != 6 || text[:3] != "<0x" || text[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(text[3:5], 16, 8)
	return byte(b), err == nil
}

// rankOfScore orders finite scores, the highest first.
func rankOfScore(score float32) uint32 {
	bits := math.Float32bits(score + 0) // no negative zero
	if bits>>31 != 0 {
		return bits // negative: the larger the magnitude, the later
	}
	return 1<<31 - 1 - bits
}

func (s *spm) encode(ids []ID, text string, m *merger) []ID {
	text = strings.ReplaceAll(text, spaceMark, " ")
	m.reset(utf8.RuneCountInString(text))
	for i := 0; i < len(text); {
		_, n := utf8.DecodeRuneInString(text[i:])
		m.add(i, i+n, None)
		i += n
	}
	m.run(func(left, right *symbol) (uint32, ID, bool) {
		id := s.vocab.find(text[left.start:right.end])
		if id == None {
			return 0, None, false
		}
		return s.scores[id], id, true
	})
	for i := 0; i >= 0 && i < len(m.symbols); {
		sym := &m.symbols[i]
		if sym.id == None {
			sym.id = s.vocab.find(text[sym.start:sym.end])
		}
		if sym.id != None {
			ids = append(ids, sym.id)
		} else {
			ids = s.appendBytes(ids, text[sym.start:sym.end])
		}
		i = int(sym.next)
	}
	return ids
}

func (s *spm) appendBytes(ids []ID, text string) []ID {
	if text == " " {
		text = spaceMark // what the space is in the vocabulary's own terms
	}
	for _, b := range []byte(text) {
		ids = append(ids, s.byteID[b])
	}
	return ids
}

func (s *spm) table() *vocab { return s.vocab }

func (s *spm) bytes() int64 { return s.vocab.bytes() + 4*int64(len(s.scores)) }
