package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"llamad/config"
)

func (a *app) doctorCommand() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why it does not work, or not well",
		Long: `Looks at everything that the service needs: board, configuration, systemd, broker
and model. Of what is not in order it says why it matters and what to do. It
disturbs neither the service nor the broker. Exits with 1 when something is broken.

Run it as root, who may look at everything, or as the service sees things:
sudo -u llamad llamad doctor.`,
		Example: `  sudo llamad doctor
  llamad doctor --config ./llamad.toml
  llamad doctor --json > report.json          for a program, or a question to others`,
		Args: arguments(nil),
		RunE: a.do(func(ctx context.Context, _ []string) error {
			e := newExamination(ctx, a, thisMachine(), file)
			if asJSON {
				return a.doctorJSON(e)
			}
			return a.doctor(e)
		}),
	}
	cmd.Flags().StringVar(&file, "config", "", "read this `file` instead of "+config.DefaultPath)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
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

// verdict is what looking at one thing came to. The zero verdict is for what makes
// no sense here and is not shown.
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
	{"board", "how fast llamad can be depends on it", (*examination).boardItself},
	{"system", "llamad is a 64-bit program", (*examination).system},
	{"kernels", "the wrong ones take several times as long", (*examination).kernels},
	{"governor", "prompts are read as fast as the cores are clocked", (*examination).governor},
	{"temperature", "a hot board turns its clock down", (*examination).temperature},
	{"throttling", "a board that is held back answers at a fraction of its speed, or crashes", (*examination).throttling},
	{"memory cgroup", "without it MemoryMax= and MemorySwapMax= of a unit do nothing, and systemd does not say so", (*examination).memoryCgroup},
	{"pressure", "without it nothing can tell a machine that is busy from one that is short of memory", (*examination).pressure},
	{"swap", "swapping wears the card out, and a model that was swapped out answers in minutes", (*examination).swap},
	{"clock", "with a wrong time TLS refuses every certificate, and prompts look older or younger than they are", (*examination).clock},

	{"configuration", "the service does not start with a wrong one", (*examination).configuration},
	{"service", "it answers the prompts", (*examination).service},
	{"files", "the service reads them as a user of its own, and not all of the disk", (*examination).files},

	{"broker", "prompts and answers go through it", (*examination).reach},
	{"access", "a broker that does not let llamad in has no prompts for it", (*examination).access},
	{"subscribe", "prompts arrive on topics that llamad may read", (*examination).subscribe},
	{"publish", "answers leave on topics that llamad may write", (*examination).publish},
	{"session", "the broker keeps prompts while llamad is away", (*examination).session},
	{"node", "prompts reach llamad by its node's name, and two of one name answer each other's", (*examination).node},
	{"client id", "of two clients with one id the broker throws out the older", (*examination).clientID},

	{"model", "nothing can be answered without one", (*examination).model},
	{"storage", "after a start the first answer waits until the whole model was read", (*examination).storage},
	{"disk space", "a model is a large file, and what the service keeps needs a little room too", (*examination).diskSpace},
}

// diagnosis is what became of a finding.
type diagnosis struct {
	Name  string `json:"name"`
	Grade grade  `json:"grade"`
	Found string `json:"found"`
	Why   string `json:"why,omitempty"` // it matters, of what is not in order
	Cure  string `json:"cure,omitempty"`
}

// examine looks at everything and tells of each finding as it is made. count is how
// many have which grade; the error, that of a broken one or of tell.
func (e *examination) examine(tell func(diagnosis) error) (count map[grade]int, err error) {
	count = map[grade]int{}
	for _, f := range findings {
		v := f.look(e)
		if err := e.ctx.Err(); err != nil {
			return nil, err
		}
		if v == (verdict{}) {
			continue
		}
		count[v.grade]++
		d := diagnosis{Name: f.name, Grade: v.grade, Found: v.found}
		if v.grade == odd || v.grade == broken {
			d.Why, d.Cure = f.why, v.cure
		}
		if err := tell(d); err != nil {
			return nil, fmt.Errorf("standard output: %w", err)
		}
	}
	if count[broken] > 0 {
		err = quietError{errors.New("findings are broken")}
	}
	return count, err
}

// doctor tells a person.
func (a *app) doctor(e *examination) error {
	count, err := e.examine(func(d diagnosis) error {
		text := fmt.Sprintf("%-8s %-14s %s\n", d.Grade, d.Name, strings.ReplaceAll(d.Found, "\n", "\n"+indent))
		if d.Why != "" {
			text += indent + "why:  " + d.Why + "\n"
		}
		if d.Cure != "" {
			text += indent + "cure: " + strings.ReplaceAll(d.Cure, "\n", "\n"+indent+"      ") + "\n"
		}
		_, err := fmt.Fprint(a.stdout, text)
		return err
	})
	if count != nil {
		fmt.Fprintf(a.stdout, "\n%d broken, %d to note, %d unknown, %d ok\n", count[broken], count[odd], count[unasked], count[fine])
	}
	return err
}

const indent = "         " // as wide as a grade

// doctorJSON tells a program.
func (a *app) doctorJSON(e *examination) error {
	var report struct {
		Findings []diagnosis `json:"findings"`
	}
	count, err := e.examine(func(d diagnosis) error {
		report.Findings = append(report.Findings, d)
		return nil
	})
	if count == nil {
		return err
	}
	out := json.NewEncoder(a.stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(report); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return err
}
