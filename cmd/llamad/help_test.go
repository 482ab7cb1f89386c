package main

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"llamad/hub"
)

// commands are all that a user sees, from llamad down.
func commands(t *testing.T) map[string]*cobra.Command {
	t.Helper()
	a := &app{}
	root := a.rootCommand()
	all := map[string]*cobra.Command{}
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		if c.Hidden {
			return
		}
		all[c.CommandPath()] = c
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(root)
	return all
}

func TestEveryCommandHasHelpWithExamples(t *testing.T) {
	all := commands(t)
	for _, path := range []string{"llamad serve", "llamad run", "llamad chat", "llamad send", "llamad tokenize", "llamad pull", "llamad list", "llamad show", "llamad rm", "llamad bench", "llamad eval perplexity", "llamad eval choice", "llamad demo",
		"llamad doctor", "llamad config check", "llamad config example", "llamad ha-remove", "llamad version", "llamad completion", "llamad help"} {
		if all[path] == nil {
			t.Errorf("%s is missing", path)
		}
	}
	for path, c := range all {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || c.Short[0] < 'A' || c.Short[0] > 'Z' {
			t.Errorf("%s: short text %q", path, c.Short)
		}
		var out bytes.Buffer
		args := append(strings.Fields(path)[1:], "--help")
		if code := run(t.Context(), args, strings.NewReader(""), &out, &out, nil); code != 0 || !strings.Contains(out.String(), "Examples:\n  ") {
			t.Errorf("%s --help exits with %d and shows\n%s", path, code, out.String())
		}
	}
}

// understood reads a line as the program would, without doing it.
func understood(t *testing.T, line string) (cmd *cobra.Command, args []string, err error) {
	t.Helper()
	redirect := regexp.MustCompile(` [<>] \S+$`)
	words := split(t, redirect.ReplaceAllString(line, ""))
	a := &app{}
	cmd, rest, err := a.rootCommand().Find(words)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil && cmd.Args != nil {
		err = cmd.Args(cmd, cmd.Flags().Args())
	}
	if err == nil && cmd.Name() == "llamad" {
		err = errors.New("it is no command")
	}
	return cmd, cmd.Flags().Args(), err
}

// Each line of an example must be one that the program takes, and what it calls a
// model one that pull fetches: people copy them.
func TestExamplesAreWellFormed(t *testing.T) {
	comment := regexp.MustCompile(`   +[a-z].*$`)
	begin := regexp.MustCompile(`(?m)^  (\w+=\S+ )*llamad `)
	models := 0
	for path, c := range commands(t) {
		// A quoted text may span lines.
		for _, line := range begin.Split(c.Example, -1)[1:] {
			line = comment.ReplaceAllString(strings.TrimSpace(line), "")
			cmd, args, err := understood(t, line)
			if err != nil {
				t.Errorf("%s: the example %q is not understood: %v", path, line, err)
				continue
			}
			at := slices.IndexFunc(strings.Fields(cmd.Use)[1:], func(name string) bool { return strings.Trim(name, "[]") == "MODEL" })
			if at < 0 || at >= len(args) {
				continue
			}
			models++
			if _, known := hub.Lookup(args[at]); !known {
				t.Errorf("%s: the example %q is about %q, which llamad pull does not know", path, line, args[at])
			}
		}
	}
	if models < 20 {
		t.Errorf("%d examples are about models: this test no longer finds them", models)
	}
}

// So must what the documents have people type.
func TestExamplesInDocumentsAreWellFormed(t *testing.T) {
	var text []byte
	for _, file := range []string{"README.md", "CONTRIBUTING.md"} {
		more, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, more...)
	}
	targets, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(` +# .*$`)
	seen := 0
	for _, m := range regexp.MustCompile(`(?m)^\$ (?:sudo )?(llamad|make) (.*)$`).FindAllStringSubmatch(string(text), -1) {
		line := comment.ReplaceAllString(m[2], "")
		seen++
		if m[1] == "make" {
			for _, word := range strings.Fields(line) {
				if !strings.Contains(word, "=") && word[0] != '-' && !strings.Contains(string(targets), "\n"+word+":") {
					t.Errorf("make %s: %s is no target", line, word)
				}
			}
		} else if _, _, err := understood(t, line); err != nil {
			t.Errorf("llamad %s is not understood: %v", line, err)
		}
	}
	if seen < 15 {
		t.Errorf("%d lines are typed: this test no longer finds them", seen)
	}
}

// The text of a flag is written for the lines of --help: no sentence, and the
// value has a name.
func TestEveryFlagIsExplained(t *testing.T) {
	for path, c := range commands(t) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			value, text := pflag.UnquoteUsage(f)
			if text == "" || strings.HasSuffix(text, ".") {
				t.Errorf("%s --%s: text %q", path, f.Name, text)
			}
			if value == "string" || value == "int" {
				t.Errorf("%s --%s: its value has no name: put one in backquotes", path, f.Name)
			}
		})
	}
}
