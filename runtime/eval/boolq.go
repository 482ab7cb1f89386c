package eval

import (
	"encoding/json"
	"strings"
)

// readBoolQ reads a line of SuperGLUE's val.jsonl, or of the data set's own
// dev.jsonl, where the title is not yet part of the passage.
func readBoolQ(line []byte) (Question, error) {
	var d struct {
		Title, Passage, Question string
		Label, Answer            json.RawMessage
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return Question{}, err
	}
	if d.Label == nil {
		d.Label = d.Answer
	}
	right, err := index(d.Label)
	if err != nil {
		return Question{}, err
	}
	if d.Title != "" && !strings.HasPrefix(d.Passage, d.Title+" -- ") {
		d.Passage = d.Title + " -- " + d.Passage
	}
	return choices(d.Passage+"\nQuestion: "+d.Question+"?\nAnswer:", []string{"no", "yes"}, right), nil
}
