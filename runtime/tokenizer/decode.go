package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// Decoder turns ids into text as they come. Tokens may end inside a character;
// the decoder holds those bytes back until the rest arrives. What it returns is
// always valid UTF-8, with U+FFFD for bytes that can't become a character.
//
// A piece that is whole characters, which most are, is returned without an
// allocation.
type Decoder struct {
	t       *Tokenizer
	special bool
	held    [utf8.UTFMax]byte // bytes of a character that is not whole yet
	n       int
}

// NewDecoder returns a decoder at the start of a text. With special, control
// tokens appear by their names; without, they have no text.
func (t *Tokenizer) NewDecoder(special bool) *Decoder {
	return &Decoder{t: t, special: special}
}

// Push takes the next token and returns the text that became whole with it.
func (d *Decoder) Push(id ID) string {
	if !d.special && d.t.IsControl(id) {
		return ""
	}
	piece := d.t.Piece(id)
	if d.n == 0 && utf8.ValidString(piece) {
		return piece
	}
	return d.join(piece)
}

// Flush ends the text: U+FFFD if it ended inside a character, else nothing.
func (d *Decoder) Flush() string {
	if d.n == 0 {
		return ""
	}
	d.n = 0
	return string(utf8.RuneError)
}

// join appends a piece to the held bytes and holds back the end if it is the
// beginning of a character.
func (d *Decoder) join(piece string) string {
	text := string(d.held[:d.n]) + piece
	whole := len(text) - unfinished(text)
	d.n = copy(d.held[:], text[whole:])
	return strings.ToValidUTF8(text[:whole], string(utf8.RuneError))
}

// unfinished is the number of bytes at the end that begin a character and lack
// its rest.
func unfinished(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRuneInString(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// Decode returns the text of a sequence: what Encode was given. The beginning of
// sequence and the space that was put before the text are left out.
func (t *Tokenizer) Decode(ids []ID, special bool) string {
	if t.addBOS && len(ids) > 0 && ids[0] == t.bos {
		ids = ids[1:]
	}
	var b strings.Builder
	d := t.NewDecoder(special)
	for _, id := range ids {
		b.WriteString(d.Push(id))
	}
	b.WriteString(d.Flush())
	if t.spacePrefix {
		return strings.TrimPrefix(b.String(), " ")
	}
	return b.String()
}
