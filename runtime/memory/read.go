package memory

import (
	"io/fs"
	"iter"
	"strconv"
	"strings"
)

// lines are those of a file; none where it cannot be read.
func (s System) lines(name string) iter.Seq[string] {
	text, err := fs.ReadFile(s.root, name)
	if err != nil {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(strings.TrimSpace(string(text)), "\n")
}

// table reads a file of names with a number behind each; what is no number is
// left out.
//
//	MemAvailable:     377452 kB
//	active_file 41943040
func (s System) table(name string) map[string]int64 {
	table := map[string]int64{}
	for line := range s.lines(name) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		if n, err := strconv.ParseInt(words[1], 10, 64); err == nil {
			table[words[0]] = n
		}
	}
	return table
}

// number reads a file that is one number.
func (s System) number(name string) (n int64, ok bool) {
	text, err := fs.ReadFile(s.root, name)
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil && n >= 0
}
