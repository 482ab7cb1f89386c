package eval

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// puzzle is a question as the model has to get it, written down by hand.
type puzzle struct {
	contexts      []string // one for all answers, or one for each
	continuations []string
	characters    []int
	right         int
}

func (p *puzzle) question() Question {
	q := Question{Right: p.right}
	for i, c := range p.continuations {
		q.Answers = append(q.Answers, Answer{p.contexts[min(i, len(p.contexts)-1)], c, p.characters[i]})
	}
	return q
}

var arcPuzzles = []puzzle{
	{[]string{"Question: Which of these keeps a room warm?\nAnswer:"}, []string{" an open window", " a stove", " a lamp that is off"}, []int{14, 7, 18}, 1},
	{[]string{"Question: What does ice turn into when it melts?\nAnswer:"}, []string{" water", " sand"}, []int{5, 4}, 0},
}

var taskFiles = []struct {
	file, task string
	want       []puzzle
}{
	{"ARC-Challenge-Dev.jsonl", "arc_c", arcPuzzles},
	{"ARC-Easy-Dev.jsonl", "arc_e", arcPuzzles},
	{"ARC-Easy-Dev.csv", "arc_e", arcPuzzles},
	{"boolq.jsonl", "boolq", []puzzle{
		{[]string{"Kitchen -- The kettle stands on the stove.\nQuestion: is the kettle on the stove?\nAnswer:"}, []string{" no", " yes"}, []int{2, 3}, 1},
		{[]string{"Door -- The door has to be locked by hand.\nQuestion: does the door lock itself?\nAnswer:"}, []string{" no", " yes"}, []int{2, 3}, 0},
	}},
	{"hellaswag.jsonl", "hellaswag", []puzzle{
		{[]string{"Making tea: A woman fills a kettle. She"}, []string{" puts it on the stove.", " paints the kettle blue.", " sells it.", " sleeps in it."}, []int{21, 23, 9, 13}, 0},
		{[]string{"Home and Garden: How to water plants. Wait for the evening. The sun is low then."}, []string{"  Water the soil.", " Water the sky."}, []int{16, 14}, 1},
	}},
	{"openbookqa-test.jsonl", "obqa", []puzzle{
		{[]string{"A plant in a dark cellar will"}, []string{" thrive", " wither", " sing", " walk away"}, []int{6, 6, 4, 9}, 1},
		{[]string{"Thunder is heard after"}, []string{" lightning", " lunch"}, []int{9, 5}, 0},
	}},
	{"piqa.jsonl", "piqa", []puzzle{
		{[]string{"Question: To keep bread fresh,\nAnswer:"}, []string{" put it into a box.", " put it into the rain."}, []int{18, 21}, 0},
		{[]string{"Question: To cool soup,\nAnswer:"}, []string{" heat it.", " wait."}, []int{8, 5}, 1},
	}},
	{"winogrande.jsonl", "winogrande", []puzzle{
		{[]string{"The cup did not fit into the box because the cup", "The cup did not fit into the box because the box"}, []string{" was too small.", " was too small."}, []int{3, 3}, 1},
		{[]string{"Ann thanked Eve, for Ann", "Ann thanked Eve, for Eve"}, []string{" had been helped.", " had been helped."}, []int{3, 3}, 0},
	}},
}

func readTask(t *testing.T, file string) (*Task, []Question) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	task := GuessTask(file, data)
	if task == nil {
		t.Fatalf("%s: the task is not told", file)
	}
	var labels []byte
	if task.Labels {
		if labels, err = os.ReadFile("testdata/piqa-labels.lst"); err != nil {
			t.Fatal(err)
		}
	}
	all, err := task.Read(data, labels)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return task, all
}

// Every format comes to the questions that lm-evaluation-harness would put.
func TestReadTasks(t *testing.T) {
	tested := map[string]bool{}
	for _, f := range taskFiles {
		task, all := readTask(t, f.file)
		tested[task.Name] = true
		if task.Name != f.task || len(all) != len(f.want) {
			t.Errorf("%s is read as %d questions of %s", f.file, len(all), task.Name)
			continue
		}
		for i := range all {
			if want := f.want[i].question(); !reflect.DeepEqual(all[i], want) {
				t.Errorf("%s:%d: %+v\nexpected %+v", f.file, i+1, all[i], want)
			}
		}
	}
	if len(tested) != len(Tasks) {
		t.Errorf("%d tasks are tested of %d", len(tested), len(Tasks))
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ task, data, labels, want string }{
		{"piqa", `{"goal":"a","sol1":"b","sol2":"c"}`, "", "line 1: does not say which of its 2 answers is right"},
		{"piqa", `{"goal":"a","sol1":"b","sol2":"c"}`, "0\n1\n", "1 questions, and its labels are 2"},
		{"piqa", `{"goal":"a","sol1":"b","sol2":"c"}`, "x\n", `the label "x" is no number`},
		{"piqa", `{"goal":"a","sol1":"","sol2":"c","label":1}`, "", "answer 1 or its question is empty"},
		{"piqa", `{"goal":"a","sol1":"b","sol2":"c","label":2}`, "", "does not say which"},
		{"piqa", "\n\n", "", "has no questions"},
		{"piqa", "\n[1]", "", "line 2: "},
		{"winogrande", `{"sentence":"no gap","option1":"a","option2":"b","answer":"1"}`, "", "no gap"},
		{"winogrande", `{"sentence":"a _ b","option1":"a","option2":"b","answer":""}`, "", "does not say which"},
		{"hellaswag", `{"activity_label":"a","ctx_a":"b","ctx_b":"c","endings":["d"],"label":0}`, "", "has 1 answers"},
		{"arc_c", `{"question":{"stem":"a","choices":[{"text":"b","label":"A"},{"text":"c","label":"B"}]},"answerKey":"C"}`, "", "does not say which"},
		{"arc_c", `{"question":[],"answerKey":"A"}`, "", `expected "question"`},
		{"boolq", `{"passage":"a","question":"b","label":"maybe"}`, "", "is no number"},
		{"arc_c", "question,AnswerKey\nWhat? (A) a (B) b,A\n\n\"What,\nwhat? (A) a (B) b\",C\n", "", "line 4: does not say which"},
		{"arc_c", "question,AnswerKey\nWhat?,A\n", "", "line 2: has 0 answers"},
		{"arc_c", "question,AnswerKey\nWhat?\n", "", "record on line 2: wrong number of fields"},
	} {
		task, err := LookupTask(c.task)
		if err != nil {
			t.Fatal(err)
		}
		var labels []byte
		if c.labels != "" {
			labels = []byte(c.labels)
		}
		if _, err := task.Read([]byte(c.data), labels); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, expected %s", c.task, c.data, err, c.want)
		}
	}
	if _, err := LookupTask("mmlu"); err == nil || !strings.Contains(err.Error(), "winogrande") {
		t.Errorf("mmlu: %v", err)
	}
}

// The lines of three tasks are alike, and archives call their files all the same.
func TestGuessTask(t *testing.T) {
	const line = `{"question":{},"answerKey":"A"}`
	for _, c := range []struct{ path, data, want string }{
		{"test.jsonl", line, ""},
		{"ARC-Challenge-Test.jsonl", line, "arc_c"},
		{"ARC-V1-Feb2018-2/ARC-Easy/test.jsonl", line, "arc_e"},
		{"OpenBookQA-V1-Sep2018/Data/Main/test.jsonl", line, "obqa"},
		{"/home/challenge/openbookqa/test.jsonl", line, "obqa"},
		{"openbookqa/ARC-Easy-Test.csv", "\ufeffAnswerKey,question\nA,b", "arc_e"},
		{"test.csv", "goal,sol1,sol2,label\na,b,c,0", "piqa"},
		{"ARC-Easy-Test.csv", "questionID,question\n1,a", ""},
		{"ARC-Easy-Test.csv", "AnswerKey,question\n", ""},
		{"ARC-Easy-Test.jsonl", "", ""},
		{"ARC-Easy-Test.jsonl", "nonsense", ""},
		{"ARC-Easy-Test.jsonl", "{}", ""},
	} {
		got := ""
		if task := GuessTask(c.path, []byte(c.data)); task != nil {
			got = task.Name
		}
		if got != c.want {
			t.Errorf("%s with %q is told as %q, expected %q", c.path, c.data, got, c.want)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]item{
		"Which is warm? (A) snow (B) tea":                  {Stem: "Which is warm?", Choices: options("snow", "tea")},
		"Of (A) or (B), which? (A) carbon (C) (B) air (C)": {Stem: "Of (A) or (B), which?", Choices: options("carbon (C)", "air", "")},
		"Which is (2)?\n(A)1(B)2":                          {Stem: "Which is (2)?", Choices: options("1", "2")},
		"No choices":                                       {Stem: "No choices"},
	} {
		d := item{Stem: text}
		if d.split(); !reflect.DeepEqual(d, want) {
			t.Errorf("%q is %+v, expected %+v", text, d, want)
		}
	}
	d := item{Stem: "How many? (1) one (2) two", Key: "2"}
	if d.split(); d.right() != 1 || d.Choices.Text[1] != "two" {
		t.Errorf("%+v", d)
	}
}

func options(texts ...string) (c struct{ Text, Label []string }) {
	c.Text = texts
	for i := range texts {
		c.Label = append(c.Label, string(rune('A'+i)))
	}
	return c
}
