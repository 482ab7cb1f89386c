package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"llamad/runtime/eval"
	"llamad/runtime/llm"
)

// perplexityContext is the length of a chunk that published figures mostly have.
const perplexityContext = 512

// maxText is how long a text may be: its tokens take about 50 bytes of memory a
// byte while they are made.
const maxText = 16 << 20

func (a *app) perplexityCommand() *cobra.Command {
	var o *evalOptions
	cmd := &cobra.Command{
		Use:   "perplexity MODEL FILE",
		Short: "Measure how well a model predicts a text",
		Long: `Measures perplexity, by the method of llama.cpp's llama-perplexity, so that the
figures compare: the text is cut into chunks of --context tokens, 512 if not
given, each with a beginning of sequence where the model's vocabulary has one,
and the second half of each chunk counts. Lower is better: a model with a
perplexity of 10 is as unsure of the next token as if it drew from 10 equally
likely ones. It depends on the text and on --context: compare like with like.

The figure comes with its standard error. Ctrl-C ends the measurement; with
--resume it can go on later.`,
		Example: `  llamad eval perplexity tinyllama wiki.test.raw
  llamad eval perplexity tinyllama wiki.test.raw --limit 40    a first estimate
  llamad eval perplexity tinyllama wiki.test.raw --resume tinyllama.state
  llamad eval perplexity tinyllama wiki.test.raw --context 2048 --json`,
		Args: arguments([]string{"MODEL", "FILE"}),
		RunE: a.do(func(ctx context.Context, args []string) error { return o.perplexity(ctx, args[0], args[1]) }),
	}
	o = newEvalOptions(a, cmd.Flags(), "chunks")
	context := cmd.Flags().Lookup("context")
	context.Usage, context.DefValue = "`tokens` of a chunk", fmt.Sprint(perplexityContext)
	o.model.context = perplexityContext
	return cmd
}

func (o *evalOptions) perplexity(ctx context.Context, model, file string) error {
	if o.model.context < eval.MinContext {
		return usagef("--context: is %d, expected a whole number from %d up", o.model.context, eval.MinContext)
	}
	if o.limit < 0 {
		return usagef("--limit: is %d, expected a whole number from 0 up", o.limit)
	}
	data, err := readData(file, maxText)
	if err != nil {
		return err
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
	// llama.cpp takes a file without its last newline.
	text, err := eval.NewText(m.Tokenizer(), strings.TrimSuffix(string(data), "\n"), o.model.context)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	session, err := m.Session("eval")
	if err != nil {
		return err
	}
	defer session.Close()

	steps := text.Chunks()
	if o.limit > 0 {
		steps = min(steps, o.limit)
	}
	run := about("perplexity", m.Info(), c.Memory.KV)
	run.Data = []digest{newDigest(file, data)}
	measure := &measurement[eval.Chunk]{evalOptions: o, what: "chunk", steps: steps, figure: perplexityFigure,
		step: func(ctx context.Context, i int) (eval.Chunk, error) { return text.Measure(ctx, session, i) }}
	done, err := measure.run(ctx, run)
	if err != nil {
		return o.interrupted(err, "chunk", len(done), steps, perplexityFigure(done))
	}
	return o.writePerplexity(m.Info(), file, text, done)
}

func perplexityFigure(done []eval.Chunk) string {
	p, err := eval.Sum(done)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("perplexity %.4f ± %.4f", p.Value, p.Error)
}

// perplexityObject is the result as JSON.
type perplexityObject struct {
	Model      string  `json:"model"`
	File       string  `json:"file"`
	Context    int     `json:"n_ctx"`
	Chunks     int     `json:"chunks"`
	Tokens     int     `json:"tokens"` // that count
	Perplexity float64 `json:"perplexity"`
	Error      float64 `json:"perplexity_stderr"`
	Kernel     string  `json:"kernel_class"`
}

func (o *evalOptions) writePerplexity(info llm.Info, file string, text *eval.Text, done []eval.Chunk) error {
	p, err := eval.Sum(done)
	if err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(o.app.stdout).Encode(perplexityObject{Model: info.Name, File: file, Context: o.model.context,
			Chunks: len(done), Tokens: p.Tokens, Perplexity: p.Value, Error: p.Error, Kernel: info.Kernel})
	}
	_, err = fmt.Fprintf(o.app.stdout, "perplexity %.4f ± %.5f\n%d of the %d tokens of %s count: the second half of %d chunks of %d\n",
		p.Value, p.Error, p.Tokens, text.Tokens(), file, len(done), o.model.context)
	return err
}
