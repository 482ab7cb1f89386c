package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// maxPrompt bounds what is read from standard input or a file, in bytes: more than
// any context holds.
const maxPrompt = 16 << 20

// text is the argument at i or, without one, all of standard input to the byte.
func (a *app) text(args []string, i int, what string) (string, error) {
	if i < len(args) {
		return args[i], checkText(args[i])
	}
	if isTerminal(a.stdin) {
		return "", &usageError{withHint(fmt.Errorf("%s is missing", what), "give it as an argument in quotes, or on standard input")}
	}
	return readText("standard input", a.stdin)
}

// readFile is the text of a file.
func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return readText(path, f)
}

func readText(name string, from io.Reader) (string, error) {
	in, err := io.ReadAll(io.LimitReader(from, maxPrompt+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if len(in) > maxPrompt {
		return "", fmt.Errorf("%s is longer than %d bytes", name, maxPrompt)
	}
	return string(in), checkText(string(in))
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("the text is not UTF-8")
	}
	return nil
}

// prompt is text without the newline that echo and editors add, and never empty.
func (a *app) prompt(args []string, i int) (string, error) {
	s, err := a.text(args, i, "PROMPT")
	if err != nil {
		return "", err
	}
	s = strings.TrimRight(s, "\r\n")
	if strings.TrimSpace(s) == "" {
		return "", usagef("the prompt is empty")
	}
	return s, nil
}
