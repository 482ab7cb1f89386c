package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Task is a data set of questions, in the form in which its makers publish it or
// in that of its copy on Hugging Face, one JSON object a line or a table, and the
// words in which lm-evaluation-harness puts its questions, without examples before
// them.
type Task struct {
	Name       string
	About      string
	Normalized bool // acc_norm is its figure, not acc
	Labels     bool // the right answers may be in a file of their own, a number a line

	is   func(name string, has func(field string) bool) bool
	read func(line []byte) (Question, error)
}

// Tasks are in the order of the tables that people publish.
var Tasks = []Task{
	{Name: "arc_c", About: "ARC, challenge set", Normalized: true, is: isARC("challenge"), read: readARC},
	{Name: "arc_e", About: "ARC, easy set", Normalized: true, is: isARC("easy"), read: readARC},
	{Name: "boolq", About: "BoolQ", is: holds("passage"), read: readBoolQ},
	{Name: "hellaswag", About: "HellaSwag", Normalized: true, is: holds("endings"), read: readHellaSwag},
	{Name: "obqa", About: "OpenBookQA", Normalized: true, is: isOpenBookQA, read: readOpenBookQA},
	{Name: "piqa", About: "PIQA", Normalized: true, Labels: true, is: holds("goal"), read: readPIQA},
	{Name: "winogrande", About: "WinoGrande", is: holds("option1"), read: readWinoGrande},
}

// TaskNames lists the tasks.
func TaskNames() []string {
	names := make([]string, len(Tasks))
	for i := range Tasks {
		names[i] = Tasks[i].Name
	}
	return names
}

// LookupTask finds a task by its name.
func LookupTask(name string) (*Task, error) {
	for i := range Tasks {
		if Tasks[i].Name == name {
			return &Tasks[i], nil
		}
	}
	return nil, fmt.Errorf("is %q, expected one of %s", name, strings.Join(TaskNames(), ", "))
}

// GuessTask tells the task by the fields of the file's first question, and where
// those are of several by the names in its path, the last first: archives have
// their files as test.jsonl in folders of the task's name. Or it gives nil.
func GuessTask(path string, data []byte) *Task {
	all, err := objects(data)
	if err != nil || len(all) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(all[0].text, &fields) != nil {
		return nil
	}
	has := func(field string) bool {
		for name, value := range fields {
			if value != nil && strings.EqualFold(name, field) {
				return true
			}
		}
		return false
	}
	for _, name := range slices.Backward(strings.Split(strings.ToLower(filepath.ToSlash(path)), "/")) {
		for i := range Tasks {
			if Tasks[i].is(name, has) {
				return &Tasks[i]
			}
		}
	}
	return nil
}

func holds(field string) func(string, func(string) bool) bool {
	return func(_ string, has func(string) bool) bool { return has(field) }
}

// unlabelled is the Right of a question whose line does not say it.
const unlabelled = -1

// Read reads the questions of a file, and the right answers from labels where the
// lines do not have them; nil is none.
func (t *Task) Read(data, labels []byte) ([]Question, error) {
	var all []Question
	known := bytes.Fields(labels)
	questions, err := objects(data)
	if err != nil {
		return nil, err
	}
	for _, object := range questions {
		q, err := t.read(object.text)
		if err == nil && q.Right == unlabelled && t.Labels && len(all) < len(known) {
			q.Right, err = index(json.RawMessage(known[len(all)]))
		}
		if err == nil {
			err = q.check()
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", object.line, err)
		}
		all = append(all, q)
	}
	switch {
	case len(all) == 0:
		return nil, errors.New("has no questions")
	case labels != nil && len(known) != len(all):
		return nil, fmt.Errorf("has %d questions, and its labels are %d", len(all), len(known))
	}
	return all, nil
}

func (q *Question) check() error {
	if len(q.Answers) < 2 {
		return fmt.Errorf("has %d answers, expected 2 or more", len(q.Answers))
	}
	if q.Right < 0 || q.Right >= len(q.Answers) {
		return fmt.Errorf("does not say which of its %d answers is right: test sets mostly do not, validation sets do", len(q.Answers))
	}
	for i, a := range q.Answers {
		if strings.TrimSpace(a.Context) == "" || strings.TrimSpace(a.Continuation) == "" || a.Characters == 0 {
			return fmt.Errorf("answer %d or its question is empty", i+1)
		}
	}
	return nil
}

// choices are answers behind one and the same context, a space between.
func choices(context string, texts []string, right int) Question {
	q := Question{Right: right}
	for _, text := range texts {
		q.Answers = append(q.Answers, Answer{Context: context, Continuation: " " + text, Characters: utf8.RuneCountInString(text)})
	}
	return q
}

// index is a number of an answer that is written as 1, "1", true or not at all.
func index(raw json.RawMessage) (int, error) {
	switch text := strings.Trim(string(raw), `"`); text {
	case "", "null":
		return unlabelled, nil
	case "false":
		return 0, nil
	case "true":
		return 1, nil
	default:
		var n int
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			return 0, fmt.Errorf("the label %.20q is no number", raw)
		}
		return n, nil
	}
}
