package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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

// Each line of an example must be one that the program takes.
func TestExamplesAreWellFormed(t *testing.T) {
	comment := regexp.MustCompile(`   +[a-z].*$`)
	redirect := regexp.MustCompile(` [<>] \S+$`)
	begin := regexp.MustCompile(`(?m)^  (\w+=\S+ )*llamad `)
	for path, c := range commands(t) {
		// A quoted text may span lines.
		for _, line := range begin.Split(c.Example, -1)[1:] {
			line = comment.ReplaceAllString(strings.TrimSpace(line), "")
			words := split(t, redirect.ReplaceAllString(line, ""))
			a := &app{}
			cmd, args, err := a.rootCommand().Find(words)
			if err == nil {
				err = cmd.ParseFlags(args)
			}
			if err == nil && cmd.Args != nil {
				err = cmd.Args(cmd, cmd.Flags().Args())
			}
			if err != nil || cmd.Name() == "llamad" {
				t.Errorf("%s: the example %q is not understood: %v", path, line, err)
			}
		}
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
