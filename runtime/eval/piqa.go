package eval

import "encoding/json"

// readPIQA reads a line of valid.jsonl, whose right answers are in
// valid-labels.lst.
func readPIQA(line []byte) (Question, error) {
	var d struct {
		Goal, Sol1, Sol2 string
		Label            json.RawMessage
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return Question{}, err
	}
	right, err := index(d.Label)
	if err != nil {
		return Question{}, err
	}
	return choices("Question: "+d.Goal+"\nAnswer:", []string{d.Sol1, d.Sol2}, right), nil
}
