package eval

import (
	"encoding/json"
	"errors"
	"strings"
)

// item is a question of ARC or OpenBookQA. Their makers publish it as
// {"question": {"stem", "choices": [{"text", "label"}]}, "answerKey"}; on Hugging
// Face choices are {"text": [], "label": []}, and the stem stands beside them. In
// the tables of ARC stem and choices are one text.
type item struct {
	Question json.RawMessage
	Stem     string `json:"question_stem"`
	Choices  struct{ Text, Label []string }
	Key      string `json:"answerKey"`
}

func (d *item) parse(line []byte) error {
	if err := json.Unmarshal(line, d); err != nil {
		return err
	}
	if d.Stem != "" {
		return nil
	}
	if json.Unmarshal(d.Question, &d.Stem) == nil {
		if d.Choices.Text == nil {
			d.split()
		}
		return nil
	}
	var nested struct {
		Stem    string
		Choices []struct{ Text, Label string }
	}
	if err := json.Unmarshal(d.Question, &nested); err != nil {
		return errors.New(`expected "question" with a stem and its choices`)
	}
	d.Stem = nested.Stem
	for _, c := range nested.Choices {
		d.Choices.Text, d.Choices.Label = append(d.Choices.Text, c.Text), append(d.Choices.Label, c.Label)
	}
	return nil
}

// split takes apart "Which is warm? (A) snow (B) tea"; labels may be numbers too.
func (d *item) split() {
	mark := func(label rune) string { return "(" + string(label) + ")" }
	for _, label := range "A1" {
		at := strings.LastIndex(d.Stem, mark(label))
		if at < 0 {
			continue
		}
		rest := d.Stem[at+len("(A)"):]
		for more := true; more; label++ {
			var text string
			text, rest, more = strings.Cut(rest, mark(label+1))
			d.Choices.Text, d.Choices.Label = append(d.Choices.Text, strings.TrimSpace(text)), append(d.Choices.Label, string(label))
		}
		d.Stem = strings.TrimSpace(d.Stem[:at])
		return
	}
}

func (d *item) right() int {
	for i, label := range d.Choices.Label {
		if label == strings.TrimSpace(d.Key) {
			return i
		}
	}
	return unlabelled
}

// isARC tells the two sets of ARC by the names of their files, since the lines
// are alike.
func isARC(set string) func(string, func(string) bool) bool {
	return func(name string, has func(string) bool) bool {
		return strings.Contains(name, set) && has("answerKey") && has("question")
	}
}

// readARC reads a question of ARC-Challenge-Test or ARC-Easy-Test, .jsonl or .csv.
func readARC(line []byte) (Question, error) {
	var d item
	if err := d.parse(line); err != nil {
		return Question{}, err
	}
	return choices("Question: "+d.Stem+"\nAnswer:", d.Choices.Text, d.right()), nil
}
