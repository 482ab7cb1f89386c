package eval

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// readWinoGrande reads a line of dev.jsonl. The options take the gap's place in
// turn, and what is scored is the rest of the sentence, the same behind each.
func readWinoGrande(line []byte) (Question, error) {
	var d struct {
		Sentence, Option1, Option2 string
		Answer                     json.RawMessage
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return Question{}, err
	}
	right, err := index(d.Answer)
	if err != nil {
		return Question{}, err
	}
	head, rest, found := strings.Cut(d.Sentence, "_")
	if !found {
		return Question{}, errors.New("its sentence has no gap, _")
	}
	q := Question{Right: right - 1} // counted from 1
	for _, option := range []string{d.Option1, d.Option2} {
		q.Answers = append(q.Answers, Answer{Context: head + option, Continuation: " " + strings.TrimSpace(rest), Characters: utf8.RuneCountInString(option)})
	}
	return q, nil
}
