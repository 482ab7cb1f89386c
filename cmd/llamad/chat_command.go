package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// chatOptions are what chat and its flags say.
type chatOptions struct {
	app     *app
	model   *modelFlags
	fields  *fields
	history string
	verbose bool
}

func (a *app) chatCommand() *cobra.Command {
	o := &chatOptions{app: a}
	cmd := &cobra.Command{
		Use:   "chat MODEL",
		Short: "Talk with a model",
		Long: `A conversation in the terminal. Answers show as they are written; Ctrl-C stops one
and what was said by then stays said. At the prompt, Ctrl-D leaves, or Ctrl-C twice.
The arrow keys bring back earlier lines.

A line that ends in \ goes on in the next one, and so does all between """ and """;
what is pasted is one message. A line that begins with / is a command: /help lists
them. When the context is full, the oldest turns are forgotten, which is said.

Without a terminal every line of standard input is a message, and standard output
has the answers and nothing else.

What is typed is kept in memory only, unless --history names a file for it, which
nobody else can read.`,
		Example: `  llamad chat tinyllama
  llamad chat tinyllama --system "Answer in one sentence." --history ~/.llamad_history
  llamad chat tinyllama < questions.txt`,
		Args: arguments([]string{"MODEL"}),
		RunE: o.run,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.fields = newAnswerFields(flags)
	flags.StringVar(&o.history, "history", "", "keep the lines that are typed in this `file`")
	flags.BoolVar(&o.verbose, "verbose", false, "say on standard error how long each answer took")
	o.model = newModelFlags(flags)
	return cmd
}

// run holds the conversation. Other than in most commands a signal does not end
// all of it: see chatting.turn and lineEditor.
func (o *chatOptions) run(cmd *cobra.Command, args []string) (err error) {
	a := o.app
	a.started = true
	ctx := cmd.Context()
	c, err := a.settings(o.model.config)
	if err != nil {
		return err
	}
	request := c.Generate
	request.DeadlineS = 0 // nobody waits in a queue here
	request = o.fields.apply(request)

	began := time.Now()
	m, err := a.open(ctx, args[0], o.model, c)
	if err != nil {
		return err
	}
	defer m.Close()
	talk := &chatting{app: a, model: m, fields: o.fields, request: request, out: bufio.NewWriter(a.stdout), verbose: o.verbose, load: time.Since(began)}

	if !isTerminal(a.stdin) || !isTerminal(a.stdout) || variable(a.environ, "TERM") == "dumb" {
		return talk.hold(ctx, &plainLines{bufio.NewReader(a.stdin)})
	}
	past, err := openHistory(o.history)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, past.close()) }()
	editor, ctx, err := newLineEditor(ctx, a.stdin.(*os.File), a.stdout.(*os.File), past)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, editor.close()) }()
	talk.person = true
	fmt.Fprintf(a.stdout, "%s, a context of %d tokens. /help lists what there is beside talking.\n\n", printable(m.Info().Name), m.Info().Context)
	return talk.hold(ctx, editor)
}

// lines is where a conversation's text comes from, line by line.
type lines interface {
	// read gives the next line. pasted says that more may belong to it. The error
	// is io.EOF at the end, and errInterrupted for a line that Ctrl-C took back.
	read(prompt string) (line string, pasted bool, err error)
}

var errInterrupted = errors.New("interrupted")

// plainLines are those of a pipe or a file.
type plainLines struct{ in *bufio.Reader }

func (p *plainLines) read(string) (string, bool, error) {
	var line []byte
	for {
		part, err := p.in.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxPrompt {
			return "", false, fmt.Errorf("standard input has a line longer than %d bytes", maxPrompt)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			err = nil // the last line has no end
		case err != nil && !errors.Is(err, io.EOF):
			err = fmt.Errorf("standard input: %w", err)
		}
		return string(line), false, err
	}
}
