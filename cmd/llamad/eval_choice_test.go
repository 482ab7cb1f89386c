package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/runtime/eval"
)

const taskFiles = "../../runtime/eval/testdata/"

func TestEvalChoice(t *testing.T) {
	model := tinyModel(t)
	out := llamad(t, "", "eval", "choice", model, taskFiles+"ARC-Easy-Dev.jsonl", taskFiles+"winogrande.jsonl")
	lines := strings.Split(out, "\n")
	if len(lines) != 7 || lines[0] != "| task       | questions |            acc |       acc_norm |" || lines[1] != "| ---------- | --------: | -------------: | -------------: |" ||
		!strings.HasPrefix(lines[2], "| arc_e      |         2 |") || !strings.Contains(lines[2], " ± ") ||
		!strings.HasPrefix(lines[3], "| winogrande |         2 |") || !strings.HasSuffix(lines[3], "|                |") ||
		!strings.HasPrefix(lines[5], "Mean of acc_norm, and of acc where there is none: ") {
		t.Errorf("\n%s", out)
	}

	var r choiceObject
	out = llamad(t, "", "eval", "choice", model, taskFiles+"piqa.jsonl", "--limit", "1", "--bos", "--json")
	if err := json.Unmarshal([]byte(out), &r); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if r.Model != "tiny" || !r.BOS || len(r.Tasks) != 1 || r.Tasks[0].Task != "piqa" || r.Tasks[0].Questions != 1 || r.Tasks[0].Norm == nil {
		t.Errorf("%s", out)
	}
}

// The folder of an archive tells what its test.jsonl is of, and a table's rows are
// questions like the lines.
func TestEvalChoiceReadsArchives(t *testing.T) {
	model, dir := tinyModel(t), filepath.Join(t.TempDir(), "OpenBookQA-V1-Sep2018/Data/Main")
	lines, err := os.ReadFile(taskFiles + "openbookqa-test.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "test.jsonl"), lines, 0o600); err != nil {
		t.Fatal(err)
	}
	var r choiceObject
	out := llamad(t, "", "eval", "choice", model, filepath.Join(dir, "test.jsonl"), taskFiles+"ARC-Easy-Dev.csv", taskFiles+"ARC-Easy-Dev.jsonl", "--json")
	if err := json.Unmarshal([]byte(out), &r); err != nil || len(r.Tasks) != 3 || r.Tasks[0].Task != "obqa" || r.Tasks[1].Task != "arc_e" || r.Tasks[1].Acc != r.Tasks[2].Acc {
		t.Errorf("%v: %s", err, out)
	}
}

// Questions that are kept are not put again, in whichever file they were.
func TestEvalChoiceGoesOn(t *testing.T) {
	model, state := tinyModel(t), filepath.Join(t.TempDir(), "state")
	args := []string{"eval", "choice", model, taskFiles + "openbookqa-test.jsonl", taskFiles + "boolq.jsonl", "--json"}
	want := llamad(t, "", args...)
	args = append(args, "--resume", state)
	llamad(t, "", args...)
	kept, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(kept, []byte("\n"))
	if err := os.WriteFile(state, bytes.Join(lines[:4], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := llamad(t, "", args...); got != want {
		t.Errorf("gone on with: %s, at once: %s", got, want)
	}
	if again, _ := os.ReadFile(state); !bytes.Equal(again, kept) {
		t.Errorf("the file is\n%s, at once\n%s", again, kept)
	}
}

// A running figure is that of the file which is at its turn.
func TestRunningFigure(t *testing.T) {
	arc, _ := eval.LookupTask("arc_c")
	boolq, _ := eval.LookupTask("boolq")
	answers := []eval.Answer{{Characters: 1}, {Characters: 4}}
	sets := []questions{{"a", arc, []eval.Question{{Answers: answers, Right: 1}, {Answers: answers}}}, {"b", boolq, []eval.Question{{Answers: answers}}}}
	first, second := answered{[]float64{-1, -2}}, answered{[]float64{-2, -9}}
	for n, want := range []string{"nothing", "arc_c 100.00 ± 0.00", "arc_c 100.00 ± 0.00", "boolq 0.00 ± 0.00"} {
		if got := runningFigure(sets, []answered{first, {[]float64{-1, -8}}, {[]float64{-9, -2}}}[:n]); got != want {
			t.Errorf("after %d: %s, expected %s", n, got, want)
		}
	}
	if _, err := judge(sets, []answered{first, {second.Scores[:1]}}); err == nil || !strings.Contains(err.Error(), "question 2 of a has 2 answers, and 1 scores") {
		t.Errorf("%v", err)
	}
}

func TestEvalChoiceRefuses(t *testing.T) {
	model := tinyModel(t)
	lines := filepath.Join(t.TempDir(), "lines.jsonl")
	if err := os.WriteFile(lines, []byte(`{"goal":"a","sol1":"b","sol2":"c"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{model}, exitUsage, "FILE is missing"},
		{[]string{model, taskFiles + "piqa-labels.lst"}, exitFailure, "hint: --task says it: one of arc_c, "},
		{[]string{model, lines}, exitFailure, "as piqa: line 1: does not say which of its 2 answers is right"},
		{[]string{model, lines}, exitFailure, "hint: the labels of lines.jsonl are expected beside it, in lines-labels.lst"},
		{[]string{model, lines, "--task", "mmlu"}, exitUsage, `--task: is "mmlu", expected one of arc_c, `},
		{[]string{model, lines, "--limit", "-1"}, exitUsage, "--limit: is -1"},
	} {
		var errs bytes.Buffer
		if code := run(t.Context(), append([]string{"eval", "choice"}, c.args...), nil, &errs, &errs, nil); code != c.code || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%q exits with %d, expected %d: %s", c.args, code, c.code, errs.String())
		}
	}
}
