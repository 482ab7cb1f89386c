package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"llamad/runtime/chat"
	"llamad/runtime/llm"
)

// chatCommand is what a line that begins with / can ask for.
type chatCommand struct {
	names []string // the first is the one that /help shows
	rest  string   // what stands behind the name
	text  string
	do    func(c *chatting, rest string) error
}

// chatCommands is filled in by init, since /help lists them.
var chatCommands []chatCommand

func init() {
	chatCommands = []chatCommand{
		{[]string{"help", "?"}, "", "list these commands", (*chatting).help},
		{[]string{"system"}, "[TEXT]", "what the model is told before the conversation; nothing without TEXT", (*chatting).system},
		{[]string{"set"}, "[FIELD VALUE]", "change how answers are made, such as /set temperature 0.7; list all without", (*chatting).set},
		{[]string{"clear"}, "", "forget what was said", (*chatting).clear},
		{[]string{"save"}, "FILE", "write the conversation to a file, as llamad run --messages takes it", (*chatting).save},
		{[]string{"load"}, "FILE", "go on with a conversation from a file", (*chatting).restore},
		{[]string{"bye", "exit", "quit"}, "", "leave, as Ctrl-D does", func(*chatting, string) error { return errBye }},
	}
}

// command does what a line says behind its slash.
func (c *chatting) command(line string) error {
	name, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	for _, command := range chatCommands {
		for _, n := range command.names {
			if n != strings.TrimSpace(name) {
				continue
			}
			if command.rest == "" && rest != "" || command.rest == "FILE" && rest == "" {
				return &mistake{fmt.Errorf("expected %s", strings.TrimSpace("/"+n+" "+command.rest))}
			}
			return command.do(c, rest)
		}
	}
	return &mistake{withHint(fmt.Errorf("there is no command /%s", name), "/help lists them; a space in front makes it a message")}
}

// print writes what was asked for to standard output.
func (c *chatting) print(text string) error {
	c.out.WriteString(text)
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// done says that a command was carried out, to a person.
func (c *chatting) done(text string) {
	if c.person {
		c.app.say("("+text+")", "")
	}
}

func (c *chatting) help(string) error {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	for _, command := range chatCommands {
		fmt.Fprintf(t, "  %s\t%s\n", strings.TrimSpace("/"+command.names[0]+" "+command.rest), command.text)
	}
	fmt.Fprint(t, "\n  \"\"\"\tbegins and ends a message of several lines\n  \\\tat the end of a line goes on in the next one\n  Ctrl-C\tstops the answer; twice at the prompt leaves\n")
	t.Flush() // into memory
	return c.print(text.String())
}

func (c *chatting) system(text string) error {
	c.request.System = text
	if text == "" {
		c.done("no system message")
	} else {
		c.done("system message set")
	}
	return nil
}

func (c *chatting) set(rest string) error {
	name, value, given := strings.Cut(rest, " ")
	name = strings.ReplaceAll(name, "-", "_")
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	for _, k := range c.fields.keys {
		switch {
		case rest == "":
			shown := c.request.Get(k.Name)
			if k.Name == "seed" && c.request.Seed == nil {
				shown = -1
			}
			fmt.Fprintf(t, "  %s\t%v\n", k.Name, shown)
		case k.Name == name && given:
			if err := c.request.Set(name, strings.TrimSpace(value)); err != nil {
				return &mistake{fmt.Errorf("%s %w", name, err)}
			}
			c.done(name + " is set")
			return nil
		}
	}
	if rest != "" {
		return &mistake{withHint(errors.New("expected /set FIELD VALUE"), "/set alone lists the fields")}
	}
	t.Flush() // into memory
	return c.print(text.String())
}

func (c *chatting) clear(string) error {
	c.talk = conversation{}
	c.done("forgotten")
	return nil
}

// save writes the conversation for nobody else's eyes. A file that is none is not
// replaced by one.
func (c *chatting) save(file string) error {
	path := c.path(file)
	if _, err := os.Lstat(path); err == nil {
		if _, err := readConversation(path); err != nil {
			return &mistake{withHint(fmt.Errorf("%s is there and is no conversation", path), "choose another name")}
		}
	}
	messages := c.talk.messages()
	if c.request.System != "" {
		messages = append([]chat.Message{{Role: "system", Content: c.request.System}}, messages...)
	}
	if len(messages) == 0 {
		return &mistake{errors.New("nothing was said yet")}
	}
	text, err := json.MarshalIndent(messages, "", "  ")
	if err == nil {
		err = replaceFile(path, string(text)+"\n", 0o600)
	}
	if err != nil {
		return &mistake{err}
	}
	c.done("saved")
	return nil
}

func (c *chatting) restore(file string) error {
	path := c.path(file)
	messages, err := readConversation(path)
	if err != nil {
		return &mistake{fileError(path, err, "check the path", "the file must be readable by you")}
	}
	var system []string
	first, rest := turns(llm.Prompt{Messages: messages})
	for _, m := range first {
		system = append(system, m.Content)
	}
	var talk conversation
	var asked []chat.Message
	for _, m := range rest {
		if m.Role != "assistant" {
			asked = append(asked, m)
			continue
		}
		talk.add(llm.Prompt{Messages: asked}, m.Content)
		asked = nil
	}
	if asked != nil {
		return &mistake{fmt.Errorf("%s: expected an answer at the end, it has a message of role %q there", path, asked[len(asked)-1].Role)}
	}
	c.talk, c.request.System = talk, strings.Join(system, "\n")
	c.done(fmt.Sprintf("%d turns", len(talk.exchanges)))
	return nil
}

func readConversation(path string) ([]chat.Message, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	messages, err := decodeMessages(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return messages, nil
}

// path is a file as a shell would have it.
func (c *chatting) path(file string) string {
	if rest, is := strings.CutPrefix(file, "~/"); is {
		return filepath.Join(variable(c.app.environ, "HOME"), rest)
	}
	return file
}
