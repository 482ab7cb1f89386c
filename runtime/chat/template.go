package chat

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ardanlabs/jinja"

	"llamad/runtime/tokenizer"
)

// Message is one turn of a conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Options say where a template comes from and how it is tried.
type Options struct {
	Source string           // tokenizer.chat_template of the file; "" if it has none
	Trial  Trial            // tries the template where it can do no harm; nil tries it in this process
	Now    func() time.Time // what strftime_now tells; nil is time.Now
}

// Template writes messages the way a model expects them. It never changes and may
// be used by many goroutines.
type Template struct {
	tok      *tokenizer.Tokenizer
	program  *program
	marker   *marker
	now      func() time.Time
	name     string
	warnings []string
}

// New prepares the template of a file. One that cannot be used is replaced by
// zephyr or ChatML, whichever fits the vocabulary, and a warning says why; New
// fails only if that cannot be used either.
func New(tok *tokenizer.Tokenizer, o Options) (*Template, error) {
	t := &Template{tok: tok, now: o.Now, name: "file"}
	if t.now == nil {
		t.now = time.Now
	}
	bos, eos := tok.Piece(tok.BOS()), tok.Piece(tok.EOS())

	err := errors.New("the file has no chat template")
	if o.Source != "" {
		t.program, err = t.try(o.Source, bos, eos, o.Trial)
	}
	if err != nil {
		var source string
		t.name, source = fallback(tok)
		t.warnings = append(t.warnings, fmt.Sprintf("tokenizer.chat_template: %v; messages are written as %s", err, t.name))
		if t.program, err = compile(source, bos, eos); err != nil {
			return nil, fmt.Errorf("template %s: %w", t.name, err)
		}
	}
	t.marker = newMarker(tok, t.program)
	return t, nil
}

// try compiles a template once it has shown that it ends.
func (t *Template) try(source, bos, eos string, trial Trial) (*program, error) {
	if trial != nil {
		switch err := trial(Job{Source: source, BOS: bos, EOS: eos}); {
		case errors.Is(err, ErrNoTrial):
			t.warnings = append(t.warnings, err.Error()+"; the chat template was tried in this process")
		case err != nil:
			return nil, err
		}
	}
	p, err := compile(source, bos, eos)
	if err != nil {
		return nil, err
	}
	return p, p.trySamples()
}

// Name tells where the template came from: "file", "zephyr" or "chatml".
func (t *Template) Name() string { return t.name }

// Warnings tells why the file's template is not in use, if it is not.
func (t *Template) Warnings() []string { return t.warnings }

// Encode returns the ids of a conversation, with the beginning of an answer if
// addGenerationPrompt. An error is the template's: it may refuse roles or their
// order, as Hugging Face's would.
func (t *Template) Encode(messages []Message, addGenerationPrompt bool) ([]tokenizer.ID, error) {
	text, cuts, err := t.render(messages, addGenerationPrompt)
	if err != nil {
		return nil, err
	}
	return t.tok.EncodeCut(text, cuts), nil
}

// render returns the text of a conversation and the places in it that no control
// token may lie across.
func (t *Template) render(messages []Message, addGenerationPrompt bool) (string, []int, error) {
	if len(messages) == 0 {
		return "", nil, errors.New("there are no messages: expected at least one")
	}
	marked, mark, err := t.marker.mark(messages)
	if err != nil {
		return "", nil, err
	}
	text, err := t.program.render(marked, addGenerationPrompt, t.now)
	if err != nil {
		return "", nil, fmt.Errorf("chat template: %w", err)
	}
	text, cuts := unmark(text, mark)
	return text, cuts, nil
}

// render runs the template.
func (p *program) render(messages []Message, addGenerationPrompt bool, now func() time.Time) (text string, err error) {
	defer recoverAs(&err)

	list := make([]jinja.Value, len(messages))
	for i, m := range messages {
		list[i] = jinja.NewDict()
		list[i].AsDict().Set("role", jinja.NewString(m.Role))
		list[i].AsDict().Set("content", jinja.NewString(m.Content))
	}
	vars := map[string]jinja.Value{
		"messages":              jinja.NewList(list),
		"add_generation_prompt": jinja.NewBool(addGenerationPrompt),
		"bos_token":             jinja.NewString(p.bos),
		"eos_token":             jinja.NewString(p.eos),
		"tools":                 jinja.None(),
		"documents":             jinja.None(),
		"raise_exception":       jinja.NewCallable("raise_exception", raise),
		"strftime_now": jinja.NewCallable("strftime_now", func(args []jinja.Value, _ map[string]jinja.Value) (jinja.Value, error) {
			if len(args) != 1 {
				return nothing, errors.New("strftime_now needs a format")
			}
			text, err := strftime(now(), printed(args[0]))
			return jinja.NewString(text), err
		}),
	}
	pythonFilters(vars)
	newGuard().functions(vars)
	return p.compiled.RenderValues(vars)
}

func raise(args []jinja.Value, _ map[string]jinja.Value) (jinja.Value, error) {
	var parts []string
	for _, arg := range args {
		parts = append(parts, printed(arg))
	}
	return nothing, errors.New(strings.Join(parts, " "))
}
