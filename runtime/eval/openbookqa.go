package eval

import "strings"

// isOpenBookQA goes by the field of Hugging Face, or by the name of the file or
// of its archive's folder, since the lines are ARC's.
func isOpenBookQA(name string, has func(string) bool) bool {
	return has("question_stem") || has("answerKey") && (has("fact1") || strings.Contains(name, "openbookqa") || strings.Contains(name, "obqa"))
}

// readOpenBookQA reads a line of test.jsonl.
func readOpenBookQA(line []byte) (Question, error) {
	var d item
	if err := d.parse(line); err != nil {
		return Question{}, err
	}
	return choices(d.Stem, d.Choices.Text, d.right()), nil
}
