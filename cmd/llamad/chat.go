package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"llamad/config"
	"llamad/mqtt"
	"llamad/runtime/llm"
)

// chatting is a conversation with one model.
type chatting struct {
	app     *app
	model   *llm.Model
	fields  *fields
	request config.Request // how to answer
	talk    conversation
	out     *bufio.Writer
	person  bool // sits at a terminal, and can put right what went wrong
	verbose bool
	load    time.Duration // what opening the model took
}

// mistake is an error after which the conversation can go on.
type mistake struct{ error }

func (e *mistake) Unwrap() error { return e.error }

// errBye ends the conversation.
var errBye = errors.New("bye")

// hold goes on until somebody has enough.
func (c *chatting) hold(ctx context.Context, from lines) error {
	leaving := false // Ctrl-C was pressed, and nothing else since
	for {
		message, literal, err := readMessage(from)
		switch {
		case errors.Is(err, errInterrupted) && leaving:
			return nil
		case errors.Is(err, io.EOF):
			return ctx.Err() // of the signal that ended the reading, if one did
		case errors.Is(err, errInterrupted):
			c.app.say("(Ctrl-C again, or Ctrl-D, leaves)", "")
			leaving = true
			continue
		case err == nil && strings.TrimSpace(message) != "":
			if command := strings.TrimPrefix(message, "/"); command != message && !literal {
				err = c.command(command)
			} else {
				err = c.turn(ctx, message)
			}
		}
		leaving = false
		var wrong *mistake
		switch {
		case errors.Is(err, errBye):
			return nil
		case errors.As(err, &wrong) && c.person:
			c.regret(wrong.error)
		case err != nil:
			return err
		}
	}
}

// regret says what went wrong, and the cure.
func (c *chatting) regret(err error) {
	cure := ""
	if hint := (interface{ Hint() string })(nil); errors.As(err, &hint) {
		cure = hint.Hint()
	}
	c.app.say(err.Error(), cure)
}

// readMessage reads one message, which may span lines. literal says that it is no
// command, whatever it begins with.
func readMessage(from lines) (message string, literal bool, err error) {
	var text strings.Builder
	quoted := false
	prompt := ">>> "
	for {
		line, pasted, err := from.read(prompt)
		if err != nil {
			if errors.Is(err, io.EOF) && literal {
				return text.String(), literal, nil // it lacks its end, which is none
			}
			return "", false, err
		}
		line = strings.TrimRight(line, "\r\n")
		prompt = "... "
		if rest, opens := strings.CutPrefix(line, `"""`); opens && !literal {
			literal, quoted, line = true, true, rest
		}
		rest, closes := strings.CutSuffix(strings.TrimRight(line, " \t"), `"""`)
		switch {
		case quoted && closes:
			text.WriteString(rest)
			return text.String(), literal, checkMessage(text.String())
		case quoted:
			text.WriteString(line + "\n")
		case pasted:
			literal = true
			text.WriteString(line + "\n")
		case strings.HasSuffix(line, `\`):
			literal = true
			text.WriteString(strings.TrimSuffix(line, `\`) + "\n")
		default:
			text.WriteString(line)
			return text.String(), literal, checkMessage(text.String())
		}
		if text.Len() > maxPrompt {
			return "", false, fmt.Errorf("standard input has a message longer than %d bytes", maxPrompt)
		}
	}
}

func checkMessage(text string) error {
	if err := checkText(text); err != nil {
		return &mistake{err}
	}
	return nil
}

// turn answers one message. Ctrl-C stops the answer and not the program, unless
// nobody sits there who would go on.
func (c *chatting) turn(ctx context.Context, message string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ctx, cancel := withDeadline(ctx, c.request)
	defer cancel()

	p := llm.Prompt{Text: message, System: c.request.System}
	before := len(c.talk.exchanges)
	ids, err := c.talk.encode(p, c.model.Info().Context, c.request.MaxTokens, c.model.Encode)
	if err != nil {
		return &mistake{err}
	}
	if n := before - len(c.talk.exchanges); n > 0 {
		c.app.say(fmt.Sprintf("(the context is full: the oldest %d turns are forgotten)", n), "")
	}
	session, err := c.model.Session("chat")
	if err != nil {
		return err
	}
	defer session.Close()
	generate := generateOptions(c.request)
	reading := newProgress(c.app.stderr, "reading the prompt")
	generate.OnPrefill = reading.show
	err = writePieces(c.out, session.Generate(ctx, ids, generate), reading, !c.request.Plain)
	var overflow *llm.ContextError
	if errors.As(err, &overflow) {
		return &mistake{err}
	}
	if err != nil {
		return err
	}
	return c.finish(p, session.Result())
}

// finish ends an answer on the screen and remembers it, as far as it came.
func (c *chatting) finish(p llm.Prompt, r llm.Result) error {
	if c.request.Plain {
		r.Text = mqtt.Plain(r.Text)
		c.out.WriteString(mqtt.Clean(r.Text))
	}
	if !strings.HasSuffix(r.Text, "\n") {
		c.out.WriteByte('\n')
	}
	if c.person {
		c.out.WriteByte('\n')
	}
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	if r.Text != "" {
		c.talk.add(p, r.Text)
	}
	if c.verbose {
		writeTimings(c.app.stderr, c.load, r)
	}
	switch {
	case r.FinishReason == llm.FinishCancelled && !c.person:
		return quietError{context.Canceled}
	case r.FinishReason == llm.FinishLength && r.CompletionTokens == c.request.MaxTokens:
		c.app.say(fmt.Sprintf("(cut short after %d tokens: /set max_tokens 0 lifts the limit)", r.CompletionTokens), "")
	case r.FinishReason == llm.FinishLength:
		c.app.say("(cut short: the context is full)", "")
	}
	return nil
}
