package chat

import (
	"slices"
	"strings"
	"unicode/utf8"

	"llamad/runtime/tokenizer"
)

// A marker knows where a message could become part of a control token.
//
// A mark is one character of Unicode's private planes, drawn at random for every
// conversation from those that occur nowhere in it or in the template. It is put
// where a control token of the output could begin, end or lie, as far as it is
// made of what a user wrote:
//
//   - inside every control token that the text spells;
//   - at a right edge, if the text before it is the beginning of a control token;
//   - at a left edge, if the text after it is the end of one, or if the text up to
//     another right edge lies within one.
//
// An edge is where a template may part from the text: its ends, what is left of
// it when it is trimmed, and both sides of every string that the template names,
// since it may split at it or drop it. Letter case is ignored, since a template
// may change it.
//
// Nearly all texts have no such place and are given to the template as they are.
// In the others the marks sit at the rim or inside of what spells control tokens,
// so templates that trim a text or look for a word in it still work. After
// rendering each mark is taken out again, and its place remembered: the tokenizer
// then matches no control token across it, and the ids are otherwise those of the
// text without marks.
type marker struct {
	names    []string // of control tokens, folded and sorted
	reversed []string // the same spelled backwards, sorted
	all      string   // the names, one after another
	set      map[string]bool
	lengths  []int // of the names, distinct
	longest  int
	first    [256]bool // bytes that names begin with
	last     [256]bool // and end with
	literals []string  // strings the template names, folded
	taken    string    // what the template may print by itself: it holds no mark
}

// manyNames is the size from which names are no longer searched through for a
// piece that lies within one: every short piece then counts as one.
const manyNames = 64 << 10

func newMarker(tok *tokenizer.Tokenizer, p *program) *marker {
	m := &marker{
		set:   make(map[string]bool),
		taken: p.source + p.bos + p.eos + strings.Join(p.literals, ""),
	}
	for _, name := range tok.Controls() {
		name, _ = fold(name)
		if name == "" || m.set[name] {
			continue
		}
		m.set[name] = true
		m.names = append(m.names, name)
		m.reversed = append(m.reversed, reverse(name))
		m.first[name[0]] = true
		m.last[name[len(name)-1]] = true
		m.longest = max(m.longest, len(name))
		if !slices.Contains(m.lengths, len(name)) {
			m.lengths = append(m.lengths, len(name))
		}
	}
	slices.Sort(m.names)
	slices.Sort(m.reversed)
	m.all = strings.Join(m.names, "\x00")
	for _, text := range p.literals {
		if text, _ = fold(text); text != "" && !slices.Contains(m.literals, text) {
			m.literals = append(m.literals, text)
		}
	}
	return m
}

// mark returns the messages with marks, and the mark; the messages themselves and
// 0 where none is needed.
func (m *marker) mark(messages []Message) ([]Message, rune, error) {
	type places struct{ role, content []int }
	all := make([]places, len(messages))
	valid := make([]Message, len(messages))
	needed := false
	for i, msg := range messages {
		valid[i] = Message{toValid(msg.Role), toValid(msg.Content)}
		if !knownRoles[msg.Role] {
			all[i].role = m.places(valid[i].Role)
		}
		all[i].content = m.places(valid[i].Content)
		needed = needed || len(all[i].role) > 0 || len(all[i].content) > 0
	}
	if !needed {
		return valid, 0, nil
	}
	mark, err := m.draw(valid)
	if err != nil {
		return nil, 0, err
	}
	for i := range valid {
		valid[i].Role = insert(valid[i].Role, all[i].role, mark)
		valid[i].Content = insert(valid[i].Content, all[i].content, mark)
	}
	return valid, mark, nil
}

// knownRoles are no user's text: templates compare them, and may well build the
// name of a control token from one.
var knownRoles = set("system", "user", "assistant", "tool", "function", "developer")

func toValid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// places returns the positions in a text where marks go, in rising order.
func (m *marker) places(text string) []int {
	folded, origin := fold(text)
	if !m.concerns(folded) {
		return nil
	}
	var places []int
	for i := range len(folded) {
		if m.first[folded[i]] {
			if n := m.spelledAt(folded[i:]); n > 0 {
				places = append(places, i+n)
			}
		}
	}
	lefts, rights := m.edges(folded)
	for _, r := range rights {
		if m.endsInBeginning(folded[:r]) {
			places = append(places, r)
		}
	}
	for _, l := range lefts {
		if m.beginsWithEnd(folded[l:]) || m.hasPieceWithin(folded, l, rights) {
			places = append(places, l)
		}
	}
	slices.Sort(places)
	places = slices.Compact(places)
	if origin != nil {
		for i, p := range places {
			places[i] = origin[p]
		}
	}
	return slices.Compact(places)
}

// concerns is a quick look: a text without any byte that names begin or end with
// can at most lie within one, and then it is short.
func (m *marker) concerns(folded string) bool {
	if folded == "" || len(m.names) == 0 {
		return false
	}
	if len(folded) < m.longest {
		return true
	}
	for i := range len(folded) {
		if m.first[folded[i]] || m.last[folded[i]] {
			return true
		}
	}
	return len(m.literals) > 0
}

// spelledAt returns the length of the first character of a name that the text
// begins with, or 0.
func (m *marker) spelledAt(text string) int {
	for _, n := range m.lengths {
		if n <= len(text) && m.set[text[:n]] {
			_, size := utf8.DecodeRuneInString(text)
			return size
		}
	}
	return 0
}

// edges returns where pieces of a text may begin and end, each in rising order.
func (m *marker) edges(text string) (lefts, rights []int) {
	left := func(at int) {
		lefts = append(lefts, at, len(text)-len(strings.TrimLeftFunc(text[at:], isSpace)))
	}
	right := func(at int) {
		rights = append(rights, at, len(strings.TrimRightFunc(text[:at], isSpace)))
	}
	left(0)
	right(len(text))
	for _, literal := range m.literals {
		for at := 0; ; {
			i := strings.Index(text[at:], literal)
			if i < 0 {
				break
			}
			right(at + i)
			left(at + i + len(literal))
			at += i + 1
		}
	}
	slices.Sort(lefts)
	slices.Sort(rights)
	return slices.Compact(lefts), slices.Compact(rights)
}

// endsInBeginning reports whether a text ends with the beginning of a name.
func (m *marker) endsInBeginning(text string) bool {
	for n := 1; n < m.longest && n <= len(text); n++ {
		if tail := text[len(text)-n:]; m.first[tail[0]] && properPrefix(m.names, tail) {
			return true
		}
	}
	return false
}

// beginsWithEnd reports whether a text begins with the end of a name.
func (m *marker) beginsWithEnd(text string) bool {
	for n := 1; n < m.longest && n <= len(text); n++ {
		if head := text[:n]; m.last[head[n-1]] && properPrefix(m.reversed, reverse(head)) {
			return true
		}
	}
	return false
}

// hasPieceWithin reports whether the text from l to a right edge lies within a
// name.
func (m *marker) hasPieceWithin(text string, l int, rights []int) bool {
	i, _ := slices.BinarySearch(rights, l+1)
	if i == len(rights) || rights[i]-l >= m.longest {
		return false
	}
	// If the shortest piece doesn't, no longer one does.
	return len(m.all) > manyNames || strings.Contains(m.all, text[l:rights[i]])
}

// properPrefix reports whether one of the sorted names begins with a text and is
// longer.
func properPrefix(names []string, text string) bool {
	i, found := slices.BinarySearch(names, text)
	if found {
		i++
	}
	return i < len(names) && strings.HasPrefix(names[i], text)
}
