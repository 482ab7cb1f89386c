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

func (a *app) doctorCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why it does not work",
		Long: `Looks at everything that the service needs: configuration, broker and model. Of
what is not in order it says why it matters and what to do. It disturbs neither
the service nor the broker. Exits with 1 when something is broken.

Run it as the service sees things: sudo -u llamad llamad doctor.`,
		Example: `  llamad doctor
  llamad doctor --config ./llamad.toml`,
		Args: arguments(nil),
		RunE: a.do(func(ctx context.Context, _ []string) error {
			return a.doctor(&examination{ctx: ctx, app: a, file: file})
		}),
	}
	cmd.Flags().StringVar(&file, "config", "", "read this `file` instead of "+config.DefaultPath)
	return cmd
}

// grade says how bad a finding is.
type grade string

const (
	fine    grade = "ok"
	odd     grade = "note"    // works, and may not be what was meant
	broken  grade = "broken"  // the service does not work like this
	unasked grade = "unknown" // cannot be looked at while something else is not in order
)

// verdict is what looking at one thing came to.
type verdict struct {
	grade grade
	found string
	cure  string // "" where there is none
}

// finding is one thing to look at. They are looked at in the order of the table;
// one may rest on what those before it found.
type finding struct {
	name string
	why  string // it matters
	look func(*examination) verdict
}

var findings = []finding{
	{"configuration", "the service does not start with a wrong one", (*examination).configuration},
	{"broker", "prompts and answers go through it", (*examination).reach},
	{"access", "a broker that does not let llamad in has no prompts for it", (*examination).access},
	{"subscribe", "prompts arrive on topics that llamad may read", (*examination).subscribe},
	{"publish", "answers leave on topics that llamad may write", (*examination).publish},
	{"session", "the broker keeps prompts while llamad is away", (*examination).session},
	{"node", "two machines of one name answer each other's prompts", (*examination).node},
	{"client id", "of two clients with one id the broker throws out the older", (*examination).clientID},
	{"model", "nothing can be answered without one", (*examination).model},
}

// doctor looks at everything and tells.
func (a *app) doctor(e *examination) error {
	ill := 0
	for _, f := range findings {
		v := f.look(e)
		if err := e.ctx.Err(); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.stdout, "%-8s %-14s %s\n", v.grade, f.name, strings.ReplaceAll(v.found, "\n", "\n"+indent)); err != nil {
			return fmt.Errorf("standard output: %w", err)
		}
		if v.grade == fine || v.grade == unasked {
			continue
		}
		fmt.Fprintf(a.stdout, "%swhy:  %s\n", indent, f.why)
		if v.cure != "" {
			fmt.Fprintf(a.stdout, "%scure: %s\n", indent, v.cure)
		}
		if v.grade == broken {
			ill++
		}
	}
	if ill > 0 {
		return quietError{fmt.Errorf("%d of %d findings are broken", ill, len(findings))}
	}
	return nil
}

const indent = "         " // as wide as a grade

// examination is what findings rest on.
type examination struct {
	ctx    context.Context
	app    *app
	file   string         // of the configuration, "" is the default one
	config *config.Config // nil when it is broken
	broker *mqtt.Checkup  // nil until somebody asks
}

// judged is the verdict on something that either failed or is fine.
func judged(err error, found string) verdict {
	if err != nil {
		return sick(err)
	}
	return verdict{fine, found, ""}
}

// sick is a verdict on an error, with the cure that it knows.
func sick(err error) verdict {
	var connect *mqtt.ConnectError
	var hint interface{ Hint() string }
	switch {
	case errors.As(err, &connect):
		return verdict{broken, connect.Err.Error(), connect.Cure}
	case errors.As(err, &hint):
		return verdict{broken, err.Error(), hint.Hint()}
	}
	return verdict{broken, err.Error(), ""}
}
