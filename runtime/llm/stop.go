package llm

import "strings"

// stopper looks for stop strings in text that arrives in pieces. It holds back
// what may be the beginning of one.
type stopper struct {
	stops []string
	held  []byte
	most  int // the longest stop string less one: all that is ever held back
}

func newStopper(stops []string) *stopper {
	s := &stopper{}
	for _, stop := range stops {
		if stop != "" {
			s.stops = append(s.stops, stop)
			s.most = max(s.most, len(stop)-1)
		}
	}
	return s
}

// push takes a piece and returns what is safe to show. Once stopped is true a
// stop string was found; the text before it is in show, the rest is dropped.
func (s *stopper) push(piece string) (show string, stopped bool) {
	if len(s.stops) == 0 {
		return piece, false
	}
	s.held = append(s.held, piece...)
	text := string(s.held)
	first := -1
	for _, stop := range s.stops {
		if at := strings.Index(text, stop); at >= 0 && (first < 0 || at < first) {
			first = at
		}
	}
	if first >= 0 {
		s.held = s.held[:0]
		return text[:first], true
	}
	keep := s.undecided(text)
	s.held = append(s.held[:0], text[len(text)-keep:]...)
	return text[:len(text)-keep], false
}

// undecided is the length of the longest end of text that begins a stop string.
func (s *stopper) undecided(text string) int {
	for n := min(s.most, len(text)); n > 0; n-- {
		for _, stop := range s.stops {
			if len(stop) > n && strings.HasPrefix(stop, text[len(text)-n:]) {
				return n
			}
		}
	}
	return 0
}

// flush returns what was held back, when no more text comes.
func (s *stopper) flush() string {
	text := string(s.held)
	s.held = s.held[:0]
	return text
}
