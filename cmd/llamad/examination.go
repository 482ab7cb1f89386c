package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"llamad/board"
	"llamad/config"
	"llamad/mqtt"
	"llamad/runtime/llm"
)

// examination is what findings rest on. The findings themselves are in doctor_*.go.
type examination struct {
	ctx     context.Context
	app     *app
	machine machine
	file    string // of the configuration, "" is the default one
	unit    string // systemd's name of the service, "llamad"
	serves  bool   // that unit reads this configuration

	config     *config.Config    // nil when it is broken
	properties map[string]string // of the unit, nil until somebody asks
	broker     *mqtt.Checkup     // nil until somebody asks
}

func newExamination(ctx context.Context, a *app, m machine, file string) *examination {
	e := &examination{ctx: ctx, app: a, machine: m, file: file}
	e.unit, e.serves = unitOf(file)
	return e
}

// machine is the part of the world that is neither configuration nor broker. Tests
// put another in its place.
type machine struct {
	root    fs.FS
	kernels []llm.KernelClass // that the CPU can run, the fastest first

	// run gives the standard output of a program.
	run func(ctx context.Context, name string, args ...string) (string, error)

	readSpeed func(ctx context.Context, file string) (board.Reading, error)
	free      func(dir string) (int64, error) // bytes
	now       func() time.Time
	clockSet  func() board.State // by another clock

	credentials []string // directories in which systemd looks for a unit's
}

func thisMachine() machine {
	return machine{
		root:      os.DirFS("/"),
		kernels:   llm.KernelClasses(),
		run:       outputOf,
		readSpeed: board.ReadSpeed,
		free:      board.Free,
		now:       time.Now,
		clockSet:  board.ClockIsSet,

		credentials: []string{"/etc/credstore", "/run/credstore", "/usr/lib/credstore"},
	}
}

// programPatience is what a program gets that answers in milliseconds.
const programPatience = 3 * time.Second

func outputOf(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, programPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.WaitDelay = time.Second // for a child that holds on to the pipe
	out, err := cmd.Output()
	return string(out), err
}

func (e *examination) board() board.Board { return board.At(e.machine.root) }

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

var noConfiguration = verdict{unasked, "the configuration is broken", ""}

func (e *examination) configuration() verdict {
	c, warnings, err := config.Load(e.file, e.environ())
	if err == nil {
		err = checkConnection(c)
	}
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong):
		return problems(broken, wrong.Problems)
	case err != nil:
		return sick(err)
	}
	e.config = c
	if len(warnings) > 0 {
		return problems(odd, warnings)
	}
	if c.File == "" {
		return verdict{fine, "there is no " + config.DefaultPath + ": the defaults hold", ""}
	}
	return verdict{fine, c.File, ""}
}

// problems puts what is wrong in lines, and the cures too.
func problems(g grade, list []config.Problem) verdict {
	var found, cures []string
	for _, p := range list {
		found = append(found, p.String())
		if p.Hint != "" {
			cures = append(cures, p.Hint)
		}
	}
	return verdict{g, strings.Join(found, "\n"), strings.Join(cures, "; ")}
}
