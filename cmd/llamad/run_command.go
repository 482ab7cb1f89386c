package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/mqtt"
	"llamad/runtime/chat"
	"llamad/runtime/llm"
)

// runOptions are what run and its flags say.
type runOptions struct {
	app      *app
	model    *modelFlags
	fields   *fields
	messages string
	oneOf    []string
	raw      bool
	echo     bool
	logprobs int
	json     bool
	verbose  bool
}

func (a *app) runCommand() *cobra.Command {
	o := &runOptions{app: a}
	cmd := &cobra.Command{
		Use:   "run MODEL [PROMPT]",
		Short: "Answer a prompt here and now",
		Long: `Answers one prompt and writes the text to standard output as it comes. MODEL is
a GGUF file, a name that llamad list shows, or a short name of llamad pull. Without
PROMPT, standard input is the prompt; on a terminal a conversation begins, as
llamad chat has it. Ctrl-C ends the answer.

The prompt goes through the model's chat template. With --raw it is the complete
text instead, control tokens included, and the defaults are llama-cpp-python's:
--temperature 0.8 --repeat-penalty 1 --max-tokens 16.`,
		Example: `  llamad run tinyllama "Why is the sky blue?"
  llamad run tinyllama --system "Answer in one sentence." --temperature 0 < question.txt
  llamad run tinyllama --one-of yes --one-of no "Is the sky blue?"
  llamad run tinyllama --raw --echo --logprobs 5 --json "The capital of France is"
  llamad run tinyllama --messages '[{"role":"user","content":"Hello"}]'`,
		Args: arguments([]string{"MODEL"}, "PROMPT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.converses(args) {
				return (&chatOptions{app: a, model: o.model, fields: o.fields, verbose: o.verbose}).run(cmd, args)
			}
			return a.do(o.run)(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.fields = newAnswerFields(flags)
	flags.StringVar(&o.messages, "messages", "", "a conversation instead of a prompt: a `JSON` list of {\"role\",\"content\"}")
	flags.StringArrayVar(&o.oneOf, "one-of", nil, "answer with the likeliest of these `text`s; give it once for each; --json shows the scores")
	flags.BoolVar(&o.raw, "raw", false, "the prompt is the complete text with its control tokens")
	flags.BoolVar(&o.echo, "echo", false, "begin the answer with the prompt")
	flags.IntVar(&o.logprobs, "logprobs", 0, "with --json, log-probabilities of the `n` likeliest tokens at each position")
	flags.BoolVar(&o.json, "json", false, "print llama-cpp-python's answer object instead of the text")
	flags.BoolVar(&o.verbose, "verbose", false, "say on standard error how long it took")
	o.model = newModelFlags(flags)
	return cmd
}

const maxLogprobs = 1000

// converses says whether somebody sits there and has asked nothing yet.
func (o *runOptions) converses(args []string) bool {
	asked := len(args) > 1 || o.messages != "" || o.oneOf != nil || o.raw || o.echo || o.json || o.logprobs != 0
	return !asked && isTerminal(o.app.stdin) && isTerminal(o.app.stdout)
}

func (o *runOptions) run(ctx context.Context, args []string) error {
	if o.logprobs < 0 || o.logprobs > maxLogprobs {
		return usagef("--logprobs: is %d, expected a whole number from 0 to %d", o.logprobs, maxLogprobs)
	}
	if o.logprobs > 0 && !o.json {
		return usagef("--logprobs goes with --json")
	}
	if o.oneOf != nil && (len(o.oneOf) < 2 || slices.Contains(o.oneOf, "")) {
		return usagef("--one-of: expected it twice or more, each time with a text")
	}
	if o.oneOf != nil && (o.echo || o.logprobs > 0) {
		return usagef("--one-of: does not go with --echo and --logprobs")
	}
	prompt, err := o.prompt(args)
	if err != nil {
		return err
	}
	c, err := o.app.settings(o.model.config)
	if err != nil {
		return err
	}
	request := o.fields.apply(o.defaults(c))
	prompt.System = request.System
	o.model.heap = o.recorded(request.MaxTokens, c)

	began := time.Now()
	m, err := o.app.open(ctx, args[0], o.model, c)
	if err != nil {
		return err
	}
	defer m.Close()
	return o.answer(ctx, m, prompt, request, time.Since(began))
}

// logprobHeap is what a log-probability takes of Go's heap until it is written, in
// bytes: its token in a map and in a list, and its place in the answer's JSON.
const logprobHeap = 160

// recorded is what the log-probabilities of an answer of that many tokens take of
// Go's heap.
func (o *runOptions) recorded(answer int, c *config.Config) int64 {
	positions := answer
	if o.echo || answer <= 0 {
		positions = cmp.Or(o.model.context, c.Memory.Context, 2048)
	}
	return int64(positions) * int64(o.logprobs) * logprobHeap
}

// defaults are those of the configuration, or llama-cpp-python's for raw text.
func (o *runOptions) defaults(c *config.Config) config.Request {
	r := c.Generate
	r.DeadlineS = 0 // nobody waits in a queue here
	if o.raw {
		r.Temperature, r.RepeatPenalty, r.MaxTokens = 0.8, 1, 16
	}
	return r
}

// prompt is what is asked: messages, raw text to the byte, or a question.
func (o *runOptions) prompt(args []string) (p llm.Prompt, err error) {
	p.Raw = o.raw
	switch {
	case o.messages != "" && (o.raw || len(args) > 1):
		return p, usagef("--messages stands in for PROMPT and does not go with --raw")
	case o.messages != "":
		p.Messages, err = parseMessages(o.messages)
	case o.raw:
		p.Text, err = o.app.text(args, 1, "PROMPT")
	default:
		p.Text, err = o.app.prompt(args, 1)
	}
	return p, err
}

func parseMessages(text string) ([]chat.Message, error) {
	messages, err := decodeMessages(text)
	if err != nil {
		return nil, usagef("--messages: %v", err)
	}
	return messages, nil
}

// decodeMessages reads a conversation: a JSON list of {"role","content"}.
func decodeMessages(text string) ([]chat.Message, error) {
	var messages []chat.Message
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&messages); err != nil {
		return nil, fmt.Errorf(`%v; expected a list such as [{"role":"user","content":"Hello"}]`, err)
	}
	if dec.More() || len(messages) == 0 {
		return nil, errors.New(`expected one list such as [{"role":"user","content":"Hello"}]`)
	}
	return messages, nil
}

// answer generates and writes what comes of it. Opening the model took load.
func (o *runOptions) answer(ctx context.Context, m *llm.Model, p llm.Prompt, r config.Request, load time.Duration) error {
	ids, err := m.Encode(p)
	if err != nil {
		return err
	}
	session, err := m.Session("")
	if err != nil {
		return err
	}
	defer session.Close()
	ctx, cancel := withDeadline(ctx, r)
	defer cancel()
	generate := generateOptions(r)
	generate.Echo, generate.Logprobs = o.echo, o.logprobs
	reading := newProgress(o.app.stderr, "reading the prompt")
	generate.OnPrefill = reading.show

	out := bufio.NewWriter(o.app.stdout)
	stream := !o.json && !r.Plain
	if stream && o.echo {
		out.WriteString(mqtt.Clean(m.Tokenizer().Decode(ids, true)))
	}
	pieces := session.Generate(ctx, ids, generate)
	if o.oneOf != nil {
		pieces = session.Choose(ctx, ids, o.oneOf, llm.ChooseOptions{Raw: p.Raw, OnPrefill: reading.show})
	}
	if err := writePieces(out, pieces, reading, stream); err != nil {
		return err
	}
	result := session.Result()
	if err := o.finish(out, stream, p, m, result, r.Plain); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	if o.verbose {
		writeTimings(o.app.stderr, load, result)
	}
	if result.FinishReason == llm.FinishCancelled {
		return quietError{context.Canceled}
	}
	return nil
}

// finish writes what the stream has not: the newline, the text, or the object.
func (o *runOptions) finish(out *bufio.Writer, streamed bool, p llm.Prompt, m *llm.Model, r llm.Result, plain bool) error {
	if plain {
		r.Text = mqtt.Plain(r.Text)
	}
	switch {
	case o.json:
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(mqtt.NewAnswer(completionID(), p.Messages != nil, time.Now(), answerOf(m.Info().Name, r))); err != nil {
			return err
		}
	case !streamed:
		out.WriteString(mqtt.Clean(r.Text))
		fallthrough
	default:
		if !strings.HasSuffix(r.Text, "\n") {
			out.WriteByte('\n')
		}
	}
	return out.Flush()
}

// completionID is an id as llama-cpp-python makes them.
func completionID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return "cmpl-" + hex.EncodeToString(b[:])
}
