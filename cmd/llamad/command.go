package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"llamad/config"
)

// Exit codes of every command.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
	exitConfig  = config.ExitCode // systemd does not restart on it
)

// app is what a command works with: everything of the process that it touches,
// so that tests can call run and look.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string // as os.Environ gives it

	started bool // a command's own code ran; errors before it are the user's words
}

// run is the whole program: it executes one command line and gives the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, environ: environ}
	root := a.rootCommand()
	if completes(args) {
		a.completeValues(root)
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	if !a.started {
		err = &usageError{err: err}
	}
	a.complain(cmd, err)
	return exitCode(err)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "llamad",
		Short: "A language model that answers MQTT prompts",
		Long: `llamad runs a small language model (a GGUF file) on the CPU of a Raspberry Pi,
takes prompts from MQTT topics and publishes the generated text.`,
		Example: `  llamad pull tinyllama                         fetch a model
  llamad run tinyllama "Why is the sky blue?"   ask it here and now
  llamad chat tinyllama                         talk with it
  llamad serve                                  answer prompts from MQTT
  llamad send "Why is the sky blue?"            ask the service over MQTT
  llamad demo tinyllama                         see it all at work in one process`,
		Args: cobra.ArbitraryArgs,
		RunE: unknown,

		SuggestionsMinimumDistance: 2,

		SilenceErrors: true, // complain prints them
		SilenceUsage:  true,
	}
	root.AddCommand(
		a.serveCommand(),
		a.runCommand(),
		a.chatCommand(),
		a.sendCommand(),
		a.tokenizeCommand(),
		a.pullCommand(),
		a.listCommand(),
		a.showCommand(),
		a.rmCommand(),
		a.benchCommand(),
		a.evalCommand(),
		a.demoCommand(),
		a.doctorCommand(),
		a.configCommand(),
		a.haRemoveCommand(),
		a.completionCommand(),
		a.versionCommand(),
		a.trialCommand(),
	)
	root.SetHelpCommand(a.helpCommand())
	root.InitDefaultHelpCmd() // now, and not when it is executed, so that what walks the tree finds it
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return plainFlagError(err) })
	root.SetGlobalNormalizationFunc(normalize)
	return root
}

// do makes a command's function note that the command line was understood, and
// gives it a context that Ctrl-C and SIGTERM end. A second signal kills, as if
// nobody listened.
func (a *app) do(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started = true
		ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop)
		return f(ctx, args)
	}
}

// unknown is what commands do that only hold others.
func unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return withHint(errors.New("a command is missing"), cmd.CommandPath()+" --help lists them")
	}
	err := fmt.Errorf("there is no command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return withHint(err, fmt.Sprintf("did you mean %s?", strings.Join(near, " or ")))
	}
	return withHint(err, cmd.CommandPath()+" --help lists them")
}

// arguments checks how many there are, by name: required("MODEL") and
// optional("PROMPT").
func arguments(required []string, optional ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(required):
			return fmt.Errorf("%s is missing: llamad %s", required[len(args)], cmd.Use)
		case len(args) > len(required)+len(optional):
			err := fmt.Errorf("%q is too much: llamad %s", args[len(required)+len(optional)], cmd.Use)
			if len(optional) > 0 {
				return withHint(err, "several words go in quotes")
			}
			return err
		}
		return nil
	}
}

// normalize takes max_tokens and llama.cpp's names for max-tokens and its like.
func normalize(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	name = strings.ReplaceAll(name, "_", "-")
	switch name {
	case "temp":
		name = "temperature"
	case "n-predict":
		name = "max-tokens"
	case "ctx-size":
		name = "context"
	}
	return pflag.NormalizedName(name)
}

// plainFlagError words what pflag says in our voice.
func plainFlagError(err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return fmt.Errorf("there is no flag %s", dashed(unknown.GetSpecifiedName()))
	}
	var value *pflag.ValueRequiredError
	if errors.As(err, &value) {
		return fmt.Errorf("the flag %s needs a value", dashed(value.GetSpecifiedName()))
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return fmt.Errorf("--%s: %w", invalid.GetFlag().Name, invalid.Unwrap())
	}
	return err
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
