package config

import (
	"slices"
	"strings"
)

// suggestSection is the hint for a name at the top level that is no section.
func suggestSection(name string) string {
	if in := sectionsWith(name); len(in) > 0 {
		return "did you mean " + name + " in [" + strings.Join(in, "] or [") + "]?"
	}
	var names []string
	for _, s := range Sections() {
		names = append(names, s.Name)
	}
	if best := nearest(name, append(names, "client")); best != "" {
		return "did you mean [" + best + "]?"
	}
	return "the sections are " + strings.Join(names, ", ")
}

// suggestHeader is the hint for a value where a section was expected.
func suggestHeader(name string) string {
	if in := sectionsWith(name); len(in) > 0 {
		return "did you mean " + name + " in [" + strings.Join(in, "] or [") + "]?"
	}
	if name == "client" {
		name = "client.NAME"
	}
	return "write it as [" + name + "] on a line of its own and its keys below"
}

// suggestKey is the hint for a key that its section does not have.
func suggestKey(section, key string) string {
	if in := sectionsWith(key); len(in) > 0 {
		return "did you mean " + key + " in [" + strings.Join(in, "] or [") + "]?"
	}
	var own, others []string
	for _, s := range sections {
		for _, r := range s.rows {
			if s.name == section {
				own = append(own, r.Name)
			} else {
				others = append(others, r.Name)
			}
		}
	}
	if best := nearest(key, own); best != "" {
		return "did you mean " + best + "?"
	}
	if best := nearest(key, others); best != "" {
		return suggestKey(section, best)
	}
	return "the keys of [" + section + "] are " + strings.Join(own, ", ")
}

func suggestClientKey(key string) string {
	var own []string
	for _, r := range clientRows {
		own = append(own, r.Name)
	}
	if best := nearest(key, own); best != "" {
		return "did you mean " + best + "?"
	}
	return "the keys of a client are " + strings.Join(own, ", ")
}

// sectionsWith names the sections that have the key.
func sectionsWith(key string) []string {
	var in []string
	for _, s := range sections {
		if _, ok := find(s.name + "." + key); ok {
			in = append(in, s.name)
		}
	}
	return in
}

// nearest is the name that the fewest slips of the keyboard turn into word, or
// "" when none is near: one slip in three letters.
func nearest(word string, names []string) string {
	best, least := "", (min(len(word), 64)+1)/3+1
	for _, n := range names {
		if d := distance(strings.ToLower(word), n); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance counts the letters to insert, drop, replace or swap with their
// neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	// Rows i-2, i-1 and i of the table of distances of prefixes.
	var before []int
	above := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		here := make([]int, len(b)+1)
		here[0] = i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			here[j] = slices.Min([]int{replace, above[j] + 1, here[j-1] + 1})
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				here[j] = min(here[j], before[j-2]+1)
			}
		}
		before, above = above, here
	}
	return above[len(b)]
}
