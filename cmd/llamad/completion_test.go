package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// completed is what a shell gets offered for the last of words: the lines of text
// and the directive behind them.
func completed(t *testing.T, words ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), append([]string{"__complete"}, words...), strings.NewReader(""), &out, &errs, nil); code != 0 {
		t.Fatalf("%q: exit %d, %s", words, code, errs.String())
	}
	return out.String()
}

// offers says whether a word is among the lines.
func offers(lines, word string) bool {
	for line := range strings.Lines(lines) {
		if first, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); first == word {
			return true
		}
	}
	return false
}

func TestEveryCommandAndFlagIsCompleted(t *testing.T) {
	for path, c := range commands(t) {
		words := strings.Fields(path)[1:]
		if n := len(words); n > 0 && !offers(completed(t, append(words[:n-1:n-1], "")...), words[n-1]) {
			t.Errorf("%s is not completed", path)
		}
		flags := completed(t, append(words, "--")...)
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !offers(flags, "--"+f.Name) {
				t.Errorf("%s --%s is not completed", path, f.Name)
			}
		})
		if strings.Contains(flags, "`") {
			t.Errorf("%s: a shell would show the backquotes in\n%s", path, flags)
		}
	}
}

func TestShellsHaveAScript(t *testing.T) {
	for _, shell := range shellNames() {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"completion", shell}, strings.NewReader(""), &out, &errs, nil); code != 0 || out.Len() == 0 || errs.Len() > 0 {
			t.Errorf("completion %s: exit %d, %d bytes, %s", shell, code, out.Len(), errs.String())
		}
	}
}
