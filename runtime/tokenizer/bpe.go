package tokenizer

import (
	"math/bits"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// bpe encodes with a byte-level BPE vocabulary: a pre-tokenizer cuts the text
// into words, each word begins as single bytes, and neighbours are merged by the
// rank of their merge.
//
// In the file every byte is written as a printable character (an alphabet of 256
// that GPT-2 introduced). Here pieces are the bytes themselves.
type bpe struct {
	vocab  *vocab
	pre    *preTokenizer
	byteID [256]ID // None for a byte the vocabulary lacks

	merges []merge
	slots  []int32 // open addressing by the two parts; index into merges + 1, 0 is free
	mul    uint64  // odd and random: the file can't choose which pairs collide
}

// merge i has rank i.
type merge struct{ left, right, result ID }

func newBPE(c *Config) (*bpe, error) {
	pre, err := lookupPreTokenizer(c.Pre)
	if err != nil {
		return nil, err
	}
	if c.Merges == nil {
		return nil, fault(keyMerges, "is missing: expected the merges of a gpt2 vocabulary")
	}
	if len(c.Merges) > maxTokens {
		return nil, fault(keyMerges, "has %d entries: expected at most %d", len(c.Merges), maxTokens)
	}
	t := &bpe{vocab: newVocab(len(c.Tokens)), pre: pre, mul: rand.Uint64() | 1}

	var buf []byte
	spelled := make([]bool, len(c.Tokens)) // the piece is what the text spells
	t.vocab.fill(len(c.Tokens), func(i int) (string, uint8) {
		text, marks := c.Tokens[i], c.marks(i)
		raw, ok := spellBytes(buf[:0], text)
		buf = raw
		if ok && (marks&(markControl|markUserDefined) == 0 || string(raw) == text) {
			spelled[i] = true
			return string(raw), marks
		}
		return text, marks
	})
	for i, text := range c.Tokens {
		if spelled[i] && text != "" && !t.vocab.marked(ID(i), markControl) {
			if other := t.vocab.index(ID(i)); other != None {
				return nil, faultAt(keyTokens, i, "is %.80q, like token %d: expected every token once", text, other)
			}
		}
	}
	for b := range t.byteID {
		t.byteID[b] = t.vocab.find(string([]byte{byte(b)}))
	}
	return t, t.index(c)
}

// index reads the merges. Their parts and results have to be tokens, since a
// symbol is known by its id from here on. A merge with a control token (Qwen2's
// "</ s>" is one) is never made, and keeps its rank.
func (t *bpe) index(c *Config) error {
	control := make(map[string]bool)
	for i, text := range c.Tokens {
		if t.vocab.marked(ID(i), markControl) {
			control[text] = true
		}
	}
	t.merges = make([]merge, 0, len(c.Merges))
	t.slots = make([]int32, 1<<bits.Len(uint(len(c.Merges)+len(c.Merges)/2)))
	var buf []byte
	for i, text := range c.Merges {
		split := -1
		if len(text) > 1 {
			split = strings.IndexByte(text[1:], ' ') + 1
		}
		if split <= 0 {
			return faultAt(keyMerges, i, "is %.80q: expected two tokens with a space between", text)
		}
		raw, lok := spellBytes(buf[:0], text[:split])
		middle := len(raw)
		raw, rok := spellBytes(raw, text[split+1:])
		buf = raw
		m := merge{t.vocab.findBytes(raw[:middle]), t.vocab.findBytes(raw[middle:]), t.vocab.findBytes(raw)}
		if !lok || !rok || m.left == None || m.right == None || m.result == None {
			if first, second := text[:split], text[split+1:]; control[first] || control[second] || control[first+second] {
				t.merges = append(t.merges, merge{None, None, None})
				continue
			}
			return faultAt(keyMerges, i, "is %.80q: expected both parts, and what they make, to be tokens of the vocabulary", text)
		}
		t.merges = append(t.merges, m)
		if slot := t.slot(m.left, m.right); t.slots[slot] == 0 { // of equal merges the first counts
			t.slots[slot] = int32(i) + 1
		}
	}
	return nil
}

// slot is where the merge of two tokens is or would be.
func (t *bpe) slot(left, right ID) uint64 {
	mask := uint64(len(t.slots) - 1)
	hash := (uint64(uint32(left))<<32 | uint64(uint32(right))) * t.mul
	for i := hash >> 32 & mask; ; i = (i + 1) & mask {
		n := t.slots[i]
		if n == 0 || t.merges[n-1].left == left && t.merges[n-1].right == right {
			return i
		}
	}
}

func (t *bpe) encode(ids []ID, text string, m *merger) []ID {
	// Bytes that are no UTF-8 can't be cut into words; they are read as U+FFFD.
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	t.pre.split(text, func(word string) {
		ids = t.encodeWord(ids, word, m)
	})
	return ids
}

func (t *bpe) encodeWord(ids []ID, word string, m *merger) []ID {
	if len(word) == 1 || t.pre.whole {
		if id := t.vocab.find(word); id != None {
			return append(ids, id)
		}
	}
	m.reset(len(word))
	for i := range len(word) {
		m.add(i, i+1, t.byteID[word[i]])
	}
	m.run(func(left, right *symbol) (uint32, ID, bool) {
		if left.id == None || right.id == None {
			return 0, None, false
		}
		n := t.slots[t.slot(left.id, right.id)]
		if n == 0 {
			return 0, None, false
		}
		return uint32(n), t.merges[n-1].result, true
	})
	for i := 0; i >= 0; i = int(m.symbols[i].next) {
		if id := m.symbols[i].id; id != None { // a byte that no token stands for is left out, as llama.cpp does
			ids = append(ids, id)
		}
	}
	return ids
}

func (t *bpe) table() *vocab { return t.vocab }

func (t *bpe) bytes() int64 {
	return t.vocab.bytes() + 12*int64(cap(t.merges)) + 4*int64(len(t.slots))
}

// byteOf maps a character of the alphabet to its byte, or to -1: printable
// Latin-1 stands for itself, and the other 68 bytes follow from U+0100 on.
var byteOf = func() (table [256 + 68]int16) {
	for i := range table {
		table[i] = -1
	}
	next := 256
	for b := range 256 {
		if '!' <= b && b <= '~' || '¡' <= b && b <= '¬' || '®' <= b && b <= 'ÿ' {
			table[b] = int16(b)
		} else {
			table[next] = int16(b)
			next++
		}
	}
	return table
}()

// spellBytes appends to dst the bytes that a text of the alphabet stands for;
// false if it has another character.
func spellBytes(dst []byte, text string) ([]byte, bool) {
	for _, r := range text {
		if int(r) >= len(byteOf) || byteOf[r] < 0 {
			return dst, false
		}
		dst = append(dst, byte(byteOf[r]))
	}
	return dst, true
}
