package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/systemd"
)

func (a *app) serveCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer prompts from MQTT",
		Long: `Opens the model and answers prompts from MQTT until it is told to stop. Works
with no configuration at all: the broker of this machine, and the one model in
` + config.Default().Model.Directory + `.

SIGHUP reads the configuration anew; SIGTERM and Ctrl-C let the running prompt
finish, for up to 20 seconds. A broker that is away is waited for, and so is a
model: what needs doing is in the log.`,
		Example: `  llamad serve
  llamad serve --config ./llamad.toml
  LLAMAD_MODEL_PATH=$PWD/tinyllama.gguf llamad serve`,
		Args: arguments(nil),
		RunE: a.do(func(ctx context.Context, _ []string) error { return a.serve(ctx, file) }),
	}
	cmd.Flags().StringVar(&file, "config", "", "read this `file` instead of "+config.DefaultPath)
	return cmd
}

func (a *app) serve(ctx context.Context, file string) error {
	c, warnings, err := config.Load(file, a.environ)
	a.warn(warnings)
	if err != nil {
		return err
	}
	if err := checkConnection(c); err != nil {
		return err
	}
	level := &slog.LevelVar{}
	level.Set(levelOf(c))
	d, err := newDaemon(daemonOptions{
		config:   c,
		log:      systemd.NewLogger(a.stderr, level),
		level:    level,
		environ:  a.environ,
		stateDir: stateDirectory(a.environ),
		trial:    trial(),
		reload: func() (*config.Config, error) {
			c, _, err := config.Load(file, a.environ)
			return c, err
		},
	})
	if err != nil {
		return err
	}
	return d.run(ctx)
}
