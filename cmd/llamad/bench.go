package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"llamad/runtime/llm"
	"llamad/runtime/shape"
)

// benchOptions are what bench and its flags say.
type benchOptions struct {
	app     *app
	model   string // MODEL or --model
	shape   string
	format  string
	prompts numbers // tokens of each prompt to time; 0 is none
	answers numbers // tokens of each answer
	threads numbers // none chooses for the board
	repeat  int
	output  string
}

func (a *app) benchCommand() *cobra.Command {
	o := &benchOptions{
		app:     a,
		prompts: numbers{values: []int{512}, high: maxBenchTokens},
		answers: numbers{values: []int{128}, high: maxBenchTokens},
		threads: numbers{low: 1, high: maxBenchThreads},
	}
	cmd := &cobra.Command{
		Use:   "bench [MODEL]",
		Short: "Time a model on this machine",
		Long: `Times how fast a model reads a prompt (pp512: 512 tokens) and writes an answer
(tg128: 128 tokens), in the table of llama.cpp's llama-bench. Below it stands how
near answers come to what the memory allows: every token of an answer reads all
weights once.

With --shape no file is needed: the model has random weights in memory, and takes
as long as the real one would. Shapes:
` + shapeNames() + `.`,
		Example: `  llamad bench tinyllama
  llamad bench -m tinyllama -t 1,2,4 -n 64 -p 0         answers with 1, 2 and 4 threads
  llamad bench --shape tinyllama-1.1b --format Q4_0     judge a board before any download
  llamad bench tinyllama -o json > bench.json`,
		Args: arguments(nil, "MODEL"),
		RunE: a.do(o.run),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.model, "model", "m", "", "`MODEL`, as llama-bench takes it")
	flags.StringVar(&o.shape, "shape", "", "random weights in the shape that a model of this `name` has")
	flags.StringVar(&o.format, "format", "", "their `format`, such as Q4_0; Q8_0 if not given")
	flags.VarP(&o.prompts, "n-prompt", "p", "`tokens` of a prompt; several as 128,512, none as 0")
	flags.VarP(&o.answers, "n-gen", "n", "`tokens` of an answer")
	flags.VarP(&o.threads, "threads", "t", "`threads` to compute with; if not given, all for prompts and the fastest number for answers")
	flags.IntVarP(&o.repeat, "repetitions", "r", 5, "how many `times` each is timed")
	flags.StringVarP(&o.output, "output", "o", "md", "`form` of the result: md, a table, or json")
	offer(flags, "shape", shape.Names()...)
	offer(flags, "format", shape.FormatNames()...)
	offer(flags, "output", "md", "json")
	return cmd
}

// Bounds of what is worth timing.
const (
	maxBenchTokens  = 1 << 20
	maxBenchThreads = 256
	maxBenchRepeat  = 1000
)

// check is what can be said about the command line alone.
func (o *benchOptions) check(args []string) error {
	if len(args) > 0 {
		if o.model != "" {
			return usagef("--model stands in for MODEL: give one of them")
		}
		o.model = args[0]
	}
	switch {
	case o.model == "" && o.shape == "":
		return usagef("MODEL is missing: llamad bench MODEL, or llamad bench --shape tinyllama-1.1b")
	case o.model != "" && o.shape != "":
		return usagef("--shape stands in for MODEL: give one of them")
	case o.format != "" && o.shape == "":
		return usagef("--format goes with --shape: a file has its format")
	case o.output != "md" && o.output != "json":
		return usagef("--output: is %q, expected md or json", o.output)
	case o.repeat < 1 || o.repeat > maxBenchRepeat:
		return usagef("--repetitions: is %d, expected a whole number from 1 to %d", o.repeat, maxBenchRepeat)
	case o.most() > runtime.GOMAXPROCS(0):
		return usagef("--threads: is %d, and this machine has %d cores", o.most(), runtime.GOMAXPROCS(0))
	case o.longest() == 0:
		return usagef("--n-prompt and --n-gen are 0: there is nothing to time")
	}
	return nil
}

// longest is the largest number of tokens of any row.
func (o *benchOptions) longest() int {
	return slices.Max(slices.Concat(o.prompts.values, o.answers.values))
}

// most is the largest number of threads of any row, 0 if none is given.
func (o *benchOptions) most() int { return slices.Max(append([]int{0}, o.threads.values...)) }

func (o *benchOptions) run(ctx context.Context, args []string) (err error) {
	if err := o.check(args); err != nil {
		return err
	}
	c, err := o.app.settings("")
	if err != nil {
		return err
	}
	options := modelOptions(c, o.app.environ)
	options.Context = o.longest()
	if n := o.most(); n > 0 {
		options.ThreadsPrefill, options.ThreadsDecode = n, n
	}
	path := ""
	if o.shape != "" {
		// The options come first: their budget is a share of the memory that is
		// available before the weights take theirs.
		file, err := o.app.randomModel(ctx, o.shape, o.format, options.Budget)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		path = fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	} else if path, err = find(o.model, c, o.app.environ); err != nil {
		return err
	}
	options.TemplateTrial = trial()
	m, err := llm.Open(ctx, path, options)
	if err != nil {
		return explain(path, err)
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	b := &bench{benchOptions: o, chooses: options.ThreadsDecode == 0}
	if err := b.describe(m, path); err != nil {
		return err
	}
	return b.run(ctx, m)
}
