package chat

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// draw chooses a mark.
func (m *marker) draw(messages []Message) (rune, error) {
	const (
		planes = 15      // the private planes are 15 and 16
		size   = 0xFFFE  // of each; its last two code points are no characters
		tries  = 1 << 10 // one fails only if the text is full of such characters
	)
	for range tries {
		var b [4]byte
		rand.Read(b[:])
		n := rune(binary.LittleEndian.Uint32(b[:]) % (2 * size))
		mark := (planes+n/size)<<16 | n%size
		if !strings.ContainsRune(m.taken, mark) && !slices.ContainsFunc(messages, func(msg Message) bool {
			return strings.ContainsRune(msg.Role, mark) || strings.ContainsRune(msg.Content, mark)
		}) {
			return mark, nil
		}
	}
	return 0, errors.New("the messages are full of characters of Unicode's private planes, which have no meaning: leave them out")
}

// insert puts a mark at each place.
func insert(text string, places []int, mark rune) string {
	if len(places) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, p := range places {
		b.WriteString(text[at:p])
		b.WriteRune(mark)
		at = p
	}
	b.WriteString(text[at:])
	return b.String()
}

// unmark takes the marks out of a text and returns where they were.
func unmark(text string, mark rune) (string, []int) {
	if mark == 0 {
		return text, nil
	}
	parts := strings.Split(text, string(mark))
	var cuts []int
	at := 0
	for _, part := range parts[:len(parts)-1] {
		at += len(part)
		cuts = append(cuts, at)
	}
	return strings.Join(parts, ""), cuts
}
