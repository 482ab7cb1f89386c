package tokenizer

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// Marks of a token.
const (
	markControl     = 1 << iota // control or unknown: never part of a text
	markUserDefined             // matched before anything else, also in plain text
	markEOG                     // ends a generation
)

// vocab holds every token's piece, the bytes it stands for in a text, in one
// string, and finds a token by its piece. A piece costs its bytes, four for
// where it ends and about eight in the table: there is no Go string or map entry
// a token.
type vocab struct {
	pieces string
	ends   []uint32 // piece i is pieces[ends[i-1]:ends[i]]
	marks  []uint8

	seed  maphash.Seed
	slots []int32 // open addressing, a power of two long; id+1, 0 is free
	long  int     // bytes of the longest piece that can be found
}

func newVocab(tokens int) *vocab {
	return &vocab{
		ends:  make([]uint32, 0, tokens),
		marks: make([]uint8, 0, tokens),
		seed:  maphash.MakeSeed(),
		slots: make([]int32, 1<<bits.Len(uint(tokens*2))),
	}
}

func (v *vocab) size() int { return len(v.ends) }

func (v *vocab) piece(id ID) string {
	if id < 0 || int(id) >= len(v.ends) {
		return ""
	}
	var start uint32
	if id > 0 {
		start = v.ends[id-1]
	}
	return v.pieces[start:v.ends[id]]
}

func (v *vocab) marked(id ID, mark uint8) bool {
	return id >= 0 && int(id) < len(v.marks) && v.marks[id]&mark != 0
}

// fill takes the pieces and marks of all tokens. Config.check has bounded their
// bytes, so that ends can't overflow.
func (v *vocab) fill(n int, piece func(id int) (text string, marks uint8)) {
	var b strings.Builder
	for id := range n {
		text, marks := piece(id)
		b.WriteString(text)
		v.ends = append(v.ends, uint32(b.Len()))
		v.marks = append(v.marks, marks)
	}
	v.pieces = b.String()
}

// index makes a token findable by its piece. It returns the token that already
// has the piece, or None.
func (v *vocab) index(id ID) ID {
	piece := v.piece(id)
	for i := v.slot(maphash.String(v.seed, piece)); ; i = v.next(i) {
		switch other := ID(v.slots[i] - 1); {
		case other == None:
			v.slots[i] = int32(id) + 1
			v.long = max(v.long, len(piece))
			return None
		case v.piece(other) == piece:
			return other
		}
	}
}

// find returns the token with this piece, or None.
func (v *vocab) find(text string) ID {
	if len(text) > v.long {
		return None
	}
	for i := v.slot(maphash.String(v.seed, text)); ; i = v.next(i) {
		if id := ID(v.slots[i] - 1); id == None || v.piece(id) == text {
			return id
		}
	}
}

// findBytes is find without making a string.
func (v *vocab) findBytes(text []byte) ID {
	if len(text) > v.long {
		return None
	}
	for i := v.slot(maphash.Bytes(v.seed, text)); ; i = v.next(i) {
		if id := ID(v.slots[i] - 1); id == None || v.piece(id) == string(text) {
			return id
		}
	}
}

func (v *vocab) slot(hash uint64) uint64 { return hash & uint64(len(v.slots)-1) }
func (v *vocab) next(i uint64) uint64    { return (i + 1) & uint64(len(v.slots)-1) }

// bytes is the memory held.
func (v *vocab) bytes() int64 {
	return int64(len(v.pieces) + 4*cap(v.ends) + cap(v.marks) + 4*len(v.slots))
}
