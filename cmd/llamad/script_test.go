package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

// TestScripts plays the sessions in testdata/script: lines that begin with "$ "
// are typed, and what follows up to a blank line is what the terminal shows, both
// streams together. A last line "[2]" is an exit code other than 0. Commands may
// have variables in front and "< file" behind.
//
// They run in a directory with the files that fixtures makes, which stands as
// WORK in what is shown.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("testdata/script: %d files, %v", len(scripts), err)
	}
	for _, script := range scripts {
		script, err := filepath.Abs(script)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			work := fixtures(t)
			played := play(t, work, string(text))
			if *update {
				if err := os.WriteFile(script, []byte(played), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if played != string(text) {
				t.Errorf("the session went differently (go test -update rewrites it):\n%s", firstDifference(played, string(text)))
			}
		})
	}
}

// play types the commands of a session and writes it down anew.
func play(t *testing.T, work, session string) string {
	var out strings.Builder
	expected := false // we are in what a command showed
	for line := range strings.Lines(session) {
		command, typed := strings.CutPrefix(line, "$ ")
		switch {
		case typed:
			out.WriteString(line)
			out.WriteString(typeIn(t, work, strings.TrimSpace(command)))
			expected = true
		case strings.TrimSpace(line) == "":
			out.WriteString(line)
			expected = false
		case !expected:
			out.WriteString(line) // a comment
		}
	}
	return out.String()
}

// typeIn runs one command line and gives what the terminal shows.
func typeIn(t *testing.T, work, line string) string {
	environ := []string{"HOME=" + work}
	words := split(t, line)
	for len(words) > 0 && strings.Contains(words[0], "=") {
		environ, words = append(environ, words[0]), words[1:]
	}
	var stdin io.Reader = strings.NewReader("")
	if n := len(words); n > 2 && words[n-2] == "<" {
		text, err := os.ReadFile(words[n-1])
		if err != nil {
			t.Fatal(err)
		}
		stdin, words = bytes.NewReader(text), words[:n-2]
	}
	if len(words) == 0 || words[0] != "llamad" {
		t.Fatalf("%q is no command of ours", line)
	}
	var shown bytes.Buffer
	code := run(context.Background(), words[1:], stdin, &shown, &shown, environ)
	text := strings.ReplaceAll(shown.String(), work, "WORK")
	// A blank line would end the expectation.
	text = strings.ReplaceAll(text, "\n\n", "\n~\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if code != 0 {
		text += fmt.Sprintf("[%d]\n", code)
	}
	return text
}

// split takes a line apart as a shell would, with quotes of both kinds.
func split(t *testing.T, line string) []string {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case r == ' ':
			if open || word.Len() > 0 {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		t.Fatalf("%q ends inside quotes", line)
	}
	if open || word.Len() > 0 {
		words = append(words, word.String())
	}
	return words
}

// vocabulary is a GGUF file with Llama 2's tokens and nothing else.
const vocabulary = "../../runtime/llm/testdata/vocab-llama-spm.gguf"

// fixtures makes the files that the scripts speak of and works among them.
func fixtures(t *testing.T) string {
	vocab, err := os.ReadFile(vocabulary)
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	for name, text := range map[string]string{
		"vocab.gguf":        string(vocab),
		"truncated.gguf":    string(vocab[:len(vocab)/2]),
		"empty.gguf":        "",
		"picture.gguf":      "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 64),
		"future.gguf":       "GGUF\x09\x00\x00\x00" + strings.Repeat("\x00", 64),
		"models/small.gguf": string(vocab),
		"models/other.gguf": string(vocab),
		"hello.txt":         "Hello world\n",
		"latin1.txt":        "caf\xe9\n",
		"good.toml":         "[mqtt]\nbroker = \"mqtt://hub.lan\"\nnode = \"pi4\"\n[model]\npath = \"/srv/models/tiny.gguf\"\n",
		"typo.toml":         "[mqtt]\nbroker = \"mqtt://hub.lan\"\nqeueu = 4\n\n[generate]\ntemperature = \"warm\"\n",
		"syntax.toml":       "[mqtt]\nbroker = mqtt://hub.lan\n",
		"tls.toml":          "[mqtt]\nbroker = \"mqtts://hub.lan\"\ntls.ca = \"" + work + "/none.pem\"\n",
		"several.toml":      "[mqtt]\nnode = \"pi4\"\n[model]\ndirectory = \"" + work + "/models\"\n",
	} {
		path := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(work)
	return work
}

// firstDifference shows where got leaves want.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}
