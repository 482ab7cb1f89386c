package tokenizer

import (
	"slices"
	"unicode/utf8"
)

// specials finds the tokens that are matched in a text before anything is
// merged: control tokens where they are asked for, user-defined ones always.
type specials struct {
	vocab       *vocab
	ids         map[string]ID
	lengths     []int     // that tokens have, the longest first
	first       [256]bool // bytes that tokens begin with
	userDefined bool      // there are user-defined ones
}

// fragment is text[start:end], or the special token that stands there.
type fragment struct {
	start, end int
	id         ID // None for text
}

func newSpecials(v *vocab, tokens []string) (*specials, error) {
	s := &specials{vocab: v, ids: make(map[string]ID)}
	for i, text := range tokens {
		id := ID(i)
		if text == "" || !v.marked(id, markControl|markUserDefined) {
			continue
		}
		if other, ok := s.ids[text]; ok {
			return nil, faultAt(keyTokens, i, "is %.80q, like token %d: expected every token once", text, other)
		}
		s.ids[text] = id
		s.first[text[0]] = true
		s.userDefined = s.userDefined || v.marked(id, markUserDefined)
		if !slices.Contains(s.lengths, len(text)) {
			s.lengths = append(s.lengths, len(text))
		}
	}
	slices.SortFunc(s.lengths, func(a, b int) int { return b - a })
	return s, nil
}

// split cuts a text at its special tokens. Longer tokens go first, and of equal
// length the leftmost, wherever they stand: this is llama.cpp's order, not that
// of a scan from left to right. No control token is matched across a cut (a
// position in the text, in rising order), nor without control.
func (s *specials) split(text string, control bool, cuts []int) []fragment {
	var found []fragment
	if control || s.userDefined {
		var starts []int32
		for i := range len(text) {
			if s.first[text[i]] {
				starts = append(starts, int32(i))
			}
		}
		for _, n := range s.lengths {
			if len(starts) == 0 {
				break
			}
			found = mergeFragments(found, s.find(text, starts, n, control, cuts, found))
		}
	}

	var all []fragment
	end := 0
	for _, f := range found {
		if f.start > end {
			all = append(all, fragment{end, f.start, None})
		}
		all = append(all, f)
		end = f.end
	}
	if end < len(text) {
		all = append(all, fragment{end, len(text), None})
	}
	return all
}

// find returns the tokens of n bytes that overlap neither each other nor what is
// taken.
func (s *specials) find(text string, starts []int32, n int, control bool, cuts []int, taken []fragment) []fragment {
	var found []fragment
	free := 0 // where the last one ended
	for _, at := range starts {
		start, end := int(at), int(at)+n
		if end > len(text) {
			break
		}
		if start < free {
			continue
		}
		for len(taken) > 0 && taken[0].end <= start {
			taken = taken[1:]
		}
		if len(taken) > 0 && taken[0].start < end {
			continue
		}
		id, ok := s.ids[text[start:end]]
		if !ok || s.vocab.marked(id, markControl) && (!control || isCut(text[start:end], start, cuts)) {
			continue
		}
		found = append(found, fragment{start, end, id})
		free = end
	}
	return found
}

// isCut reports whether a cut lies inside a token that begins at start. A token
// of one character has no inside; there a cut beside it counts.
func isCut(token string, start int, cuts []int) bool {
	lo, hi := start+1, start+len(token)-1
	if utf8.RuneCountInString(token) == 1 {
		lo, hi = start, start+len(token)
	}
	i, _ := slices.BinarySearch(cuts, lo)
	return i < len(cuts) && cuts[i] <= hi
}

// mergeFragments joins two lists that are sorted and don't overlap.
func mergeFragments(a, b []fragment) []fragment {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	all := make([]fragment, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].start < b[0].start {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}
