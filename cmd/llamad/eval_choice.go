package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"llamad/runtime/eval"
	"llamad/runtime/llm"
)

// maxQuestions is how long a file of questions may be: the largest, HellaSwag's
// training set, has 47 MB.
const maxQuestions = 64 << 20

// choiceOptions are what eval choice and its flags say.
type choiceOptions struct {
	*evalOptions
	task string
	bos  bool
}

func (a *app) choiceCommand() *cobra.Command {
	o := &choiceOptions{}
	cmd := &cobra.Command{
		Use:   "choice MODEL FILE...",
		Short: "Let a model choose among answers, in the tests that tables of models have",
		Long: `Puts the questions of files to a model and counts how often the right answer is
the likeliest, as lm-evaluation-harness does, without examples before a question:
acc by the likelihood of the answer, acc_norm by that per character. A file is one
that the makers of a data set publish, lines of JSON or a table of comma-separated
values, or the lines of its copy on Hugging Face:

` + taskTable() + `
The task is told by the file's fields and its path, or by --task. The labels of PIQA
are in a file beside: valid-labels.lst of valid.jsonl. Figures are in percent with
their standard error; published tables mostly have acc_norm, and acc where there
is none.

Since 0.4.9.2 lm-evaluation-harness begins a text as the model's tokenizer does,
TinyLlama's and Llama 3's with a beginning of sequence, as does --bos. Tables made
before are without.`,
		Example: `  llamad eval choice tinyllama ARC-Challenge-Test.jsonl
  llamad eval choice tinyllama hellaswag_val.jsonl --limit 200    a first estimate
  llamad eval choice tinyllama data/*.jsonl --resume tinyllama.state    a table of them all
  llamad eval choice tinyllama test.jsonl --task obqa --json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return arguments([]string{"MODEL", "FILE"})(cmd, args)
			}
			return nil
		},
		RunE: a.do(func(ctx context.Context, args []string) error { return o.run(ctx, args[0], args[1:]) }),
	}
	o.evalOptions = newEvalOptions(a, cmd.Flags(), "questions of each file")
	cmd.Flags().StringVar(&o.task, "task", "", "the `name` of the task, where the file does not tell it")
	cmd.Flags().BoolVar(&o.bos, "bos", false, "begin with the beginning of sequence, where the model's tokenizer adds one")
	offer(cmd.Flags(), "task", eval.TaskNames()...)
	return cmd
}

func taskTable() string {
	var b strings.Builder
	for _, t := range eval.Tasks {
		fmt.Fprintf(&b, "  %-12s %s\n", t.Name, t.About)
	}
	return b.String()
}

// questions are those of one file.
type questions struct {
	file string
	task *eval.Task
	list []eval.Question
}

// answered is the record of a question.
type answered struct {
	Scores []float64 `json:"scores"`
}

func (o *choiceOptions) run(ctx context.Context, model string, files []string) error {
	if o.limit < 0 {
		return usagef("--limit: is %d, expected a whole number from 0 up", o.limit)
	}
	var sets []questions
	var digests []digest
	for _, file := range files {
		set, d, err := o.read(file)
		if err != nil {
			return err
		}
		sets, digests = append(sets, set), append(digests, d)
	}
	c, err := o.app.settings(o.model.config)
	if err != nil {
		return err
	}
	m, err := o.app.open(ctx, model, o.model, c)
	if err != nil {
		return err
	}
	defer m.Close()
	session, err := m.Session("eval")
	if err != nil {
		return err
	}
	defer session.Close()
	run := about("choice", m.Info(), c.Memory.KV)
	run.Data, run.BOS = digests, o.bos
	if len(files) > 1 {
		run.Limit = o.limit
	}
	scorer := &eval.Scorer{Tokens: m.Tokenizer(), Session: session, Context: m.Info().Context, BOS: o.bos}

	all := all(sets)
	measure := &measurement[answered]{evalOptions: o.evalOptions, what: "question", steps: len(all),
		step: func(ctx context.Context, i int) (answered, error) {
			scores, err := scorer.Score(ctx, all[i])
			return answered{scores}, err
		},
		figure: func(done []answered) string { return runningFigure(sets, done) }}
	done, err := measure.run(ctx, run)
	if err != nil {
		return o.interrupted(err, "question", len(done), len(all), runningFigure(sets, done))
	}
	rows, err := judge(sets, done)
	if err != nil {
		return fmt.Errorf("%s: %w", o.resume, err)
	}
	if o.json {
		return o.writeChoiceJSON(m.Info(), rows)
	}
	return o.writeChoices(rows)
}

// read reads the questions of a file, the first --limit of them.
func (o *choiceOptions) read(file string) (q questions, d digest, err error) {
	data, err := readData(file, maxQuestions)
	if err != nil {
		return q, d, err
	}
	q.file = filepath.Base(file)
	if o.task != "" {
		if q.task, err = eval.LookupTask(o.task); err != nil {
			return q, d, usagef("--task: %w", err)
		}
	} else if q.task = eval.GuessTask(file, data); q.task == nil {
		return q, d, withHint(fmt.Errorf("%s does not tell which task it is of", file), "--task says it: one of "+strings.Join(eval.TaskNames(), ", "))
	}
	var labels []byte
	// Without such a file each line has to say it.
	if _, missing := os.Stat(labelsOf(file)); q.task.Labels && missing == nil {
		if labels, err = readData(labelsOf(file), maxQuestions); err != nil {
			return q, d, err
		}
	}
	if q.list, err = q.task.Read(data, labels); err != nil {
		err = fmt.Errorf("%s, as %s: %w", file, q.task.Name, err)
		if q.task.Labels && labels == nil {
			err = withHint(err, "the labels of "+q.file+" are expected beside it, in "+filepath.Base(labelsOf(file)))
		}
		return q, d, err
	}
	if o.limit > 0 {
		q.list = q.list[:min(len(q.list), o.limit)]
	}
	d = newDigest(file, data)
	d.Task = q.task.Name
	return q, d, nil
}

// labelsOf is the file that has the right answers to a file of questions.
func labelsOf(file string) string {
	return strings.TrimSuffix(file, filepath.Ext(file)) + "-labels.lst"
}

// all are the questions of all files, one after the other.
func all(sets []questions) (all []*eval.Question) {
	for _, set := range sets {
		for i := range set.list {
			all = append(all, &set.list[i])
		}
	}
	return all
}

// choiceRow is what came of one file.
type choiceRow struct {
	questions
	eval.Accuracy
}

// figure is what published tables have of a task: acc_norm, or acc where there is
// none.
func (r *choiceRow) figure() (share, deviation float64) {
	if r.task.Normalized {
		return r.Share(r.Norm)
	}
	return r.Share(r.Acc)
}

// judge counts the right answers of each file. Files whose questions are not all
// done have those that are.
func judge(sets []questions, done []answered) (rows []choiceRow, err error) {
	for _, set := range sets {
		row := choiceRow{questions: set}
		for i := range set.list[:min(len(set.list), len(done))] {
			q := &set.list[i]
			if len(done[i].Scores) != len(q.Answers) {
				return nil, fmt.Errorf("question %d of %s has %d answers, and %d scores are kept", i+1, set.file, len(q.Answers), len(done[i].Scores))
			}
			row.Add(q.Judge(done[i].Scores))
		}
		done = done[row.Questions:]
		rows = append(rows, row)
	}
	return rows, nil
}

// runningFigure is that of the file whose questions are being put.
func runningFigure(sets []questions, done []answered) string {
	rows, err := judge(sets, done)
	if err != nil {
		return err.Error()
	}
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Questions > 0 {
			share, deviation := rows[i].figure()
			return fmt.Sprintf("%s %s", rows[i].task.Name, percent(share, deviation))
		}
	}
	return "nothing"
}

func percent(share, deviation float64) string {
	return fmt.Sprintf("%.2f ± %.2f", 100*share, 100*deviation)
}

func (o *choiceOptions) writeChoices(rows []choiceRow) error {
	var b strings.Builder
	line := func(cells ...string) {
		fmt.Fprintf(&b, "| %-10s | %9s | %14s | %14s |\n", cells[0], cells[1], cells[2], cells[3])
	}
	line("task", "questions", "acc", "acc_norm")
	fmt.Fprintf(&b, "| %s | %s: | %s: | %s: |\n", dashes(10), dashes(8), dashes(13), dashes(13))
	mean := 0.0
	for _, r := range rows {
		norm := ""
		if r.task.Normalized {
			norm = percent(r.Share(r.Norm))
		}
		line(r.task.Name, fmt.Sprint(r.Questions), percent(r.Share(r.Acc)), norm)
		share, _ := r.figure()
		mean += 100 * share / float64(len(rows))
	}
	if len(rows) > 1 {
		fmt.Fprintf(&b, "\nMean of acc_norm, and of acc where there is none: %.2f.\n", mean)
	}
	_, err := o.app.stdout.Write([]byte(b.String()))
	return err
}

// choiceObject is the result as JSON; shares are from 0 to 1.
type choiceObject struct {
	Model  string       `json:"model"`
	Kernel string       `json:"kernel_class"`
	BOS    bool         `json:"add_bos_token"`
	Tasks  []taskObject `json:"tasks"`
}

type taskObject struct {
	Task      string   `json:"task"`
	File      string   `json:"file"`
	Questions int      `json:"questions"`
	Acc       float64  `json:"acc"`
	AccError  float64  `json:"acc_stderr"`
	Norm      *float64 `json:"acc_norm,omitempty"`
	NormError *float64 `json:"acc_norm_stderr,omitempty"`
}

func (o *choiceOptions) writeChoiceJSON(info llm.Info, rows []choiceRow) error {
	out := choiceObject{Model: info.Name, Kernel: info.Kernel, BOS: o.bos}
	for _, r := range rows {
		t := taskObject{Task: r.task.Name, File: r.file, Questions: r.Questions}
		t.Acc, t.AccError = r.Share(r.Acc)
		if r.task.Normalized {
			share, deviation := r.Share(r.Norm)
			t.Norm, t.NormError = &share, &deviation
		}
		out.Tasks = append(out.Tasks, t)
	}
	return json.NewEncoder(o.app.stdout).Encode(out)
}
