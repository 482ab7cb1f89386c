package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/mqtt"
)

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// quietError ends a command with exit code 1 and no further word: all was said.
type quietError struct{ error }

// hinted is an error that knows the cure. Errors of other packages that do have
// the same method.
type hinted struct {
	error
	hint string
}

func withHint(err error, hint string) error { return &hinted{err, hint} }

func (e *hinted) Unwrap() error { return e.error }
func (e *hinted) Hint() string  { return e.hint }

// exitCode is what the process says about err.
func exitCode(err error) int {
	var usage *usageError
	var wrong *config.Error
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &wrong), errors.Is(err, config.ErrManyModels):
		return exitConfig
	}
	return exitFailure
}

// complain prints err as "llamad: op: cause", and below it what to do.
//
// Errors are lower-case and have no full stop; what spans lines is indented.
func (a *app) complain(cmd *cobra.Command, err error) {
	op := "llamad: "
	if cmd.HasParent() {
		op += strings.TrimPrefix(cmd.CommandPath(), "llamad ") + ": "
	}
	var quiet quietError
	var wrong *config.Error
	var usage *usageError
	var connect *mqtt.ConnectError
	var hint interface{ Hint() string }
	switch {
	case errors.As(err, &quiet):
	case errors.As(err, &wrong):
		for _, p := range wrong.Problems {
			a.say(op+p.String(), p.Hint)
		}
	case errors.Is(err, context.Canceled):
		a.say(op+"interrupted", "")
	case errors.As(err, &connect):
		a.say(op+connect.Err.Error(), connect.Cure)
	case errors.As(err, &hint):
		a.say(op+err.Error(), hint.Hint())
	case errors.As(err, &usage):
		a.say(op+err.Error(), cmd.CommandPath()+" --help")
	default:
		a.say(op+err.Error(), "")
	}
}

// say writes a line to standard error, and its hint.
func (a *app) say(text, hint string) {
	fmt.Fprintln(a.stderr, text)
	if hint != "" {
		fmt.Fprintln(a.stderr, "hint: "+hint)
	}
}

// warn writes what a configuration or a model is worth a word for.
func (a *app) warn(warnings []config.Problem) {
	for _, w := range warnings {
		a.say("llamad: warning: "+w.String(), w.Hint)
	}
}
