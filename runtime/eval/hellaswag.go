package eval

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readHellaSwag reads a line of hellaswag_val.jsonl.
func readHellaSwag(line []byte) (Question, error) {
	var d struct {
		Activity string `json:"activity_label"`
		A        string `json:"ctx_a"`
		B        string `json:"ctx_b"`
		Endings  []string
		Label    json.RawMessage
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return Question{}, err
	}
	right, err := index(d.Label)
	if err != nil {
		return Question{}, err
	}
	for i, ending := range d.Endings {
		d.Endings[i] = withoutBrackets(ending)
	}
	return choices(withoutBrackets(d.Activity+": "+d.A+" "+capitalized(d.B)), d.Endings, right), nil
}

var bracketed = regexp.MustCompile(`\[.*?\]`)

// withoutBrackets takes out the marks that the articles of WikiHow left in the
// text: a title begins a sentence of its own, the rest goes.
func withoutBrackets(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), " [title]", ". ")
	return strings.ReplaceAll(bracketed.ReplaceAllString(text, ""), "  ", " ")
}

// capitalized is Python's capitalize: the first letter is large, all others small.
func capitalized(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + strings.ToLower(text[n:])
}
