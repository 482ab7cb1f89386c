package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/mqtt"
	"llamad/systemd"
)

const demoPrompt = "Why is the sky blue? Answer in two sentences."

func (a *app) demoCommand() *cobra.Command {
	var f *fields
	var verbose bool
	cmd := &cobra.Command{
		Use:   "demo MODEL [PROMPT]",
		Short: "See it all at work in one process",
		Long: `Starts an MQTT broker that only this machine can reach, and the service with
MODEL; sends one prompt over MQTT and shows the answer as it comes; stops.`,
		Example: `  llamad demo tinyllama
  llamad demo tinyllama "Name three rivers." --max-tokens 40`,
		Args: arguments([]string{"MODEL"}, "PROMPT"),
		RunE: a.do(func(ctx context.Context, args []string) error {
			prompt := demoPrompt
			if len(args) > 1 {
				prompt = args[1]
			}
			request := map[string]any{"prompt": prompt, "stream": true}
			given := f.apply(config.Request{})
			for _, name := range f.names() {
				request[name] = given.Get(name)
			}
			return a.demo(ctx, args[0], request, verbose)
		}),
	}
	f = newFields(cmd.Flags(), "system", "max_tokens", "temperature", "seed")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "show the log of the service")
	return cmd
}

func (a *app) demo(ctx context.Context, model string, request map[string]any, verbose bool) (err error) {
	c, err := demoConfig(model, a.environ)
	if err != nil {
		return err
	}
	state, err := os.MkdirTemp("", "llamad-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(state)) }()
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelInfo
	}
	d, err := newDaemon(daemonOptions{
		config:   c,
		log:      systemd.NewLogger(a.stderr, level),
		environ:  a.environ,
		stateDir: state,
		trial:    trial(),
	})
	if err != nil {
		return err
	}
	var failed error
	service := begin(func(ctx context.Context) { failed = d.run(ctx) })
	err = a.show(ctx, d, c, request)
	if ctx.Err() != nil {
		d.cancel(func(*mqtt.Request) bool { return true }) // nobody waits for the answer any more
	}
	service.end()
	return errors.Join(err, failed)
}

// demoConfig is a service that keeps to itself: a broker on any free port, and
// nothing announced to a hub.
func demoConfig(model string, environ []string) (*config.Config, error) {
	c, _, err := config.Environment(environ)
	if err != nil {
		return nil, err
	}
	path, err := find(model, c, environ)
	if err != nil {
		return nil, err
	}
	if c.Model.Path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.Model.Path); err != nil {
		return nil, explain(path, err)
	}
	nothing := config.Default()
	c.MQTT, c.Broker = nothing.MQTT, config.Broker{Enabled: true}
	c.MQTT.Node, c.MQTT.Discovery = "demo", "off"
	return c, nil
}

// show asks the daemon over MQTT and tells what happens.
func (a *app) show(ctx context.Context, d *daemon, c *config.Config, request map[string]any) error {
	if err := ready(ctx, d); err != nil {
		return err
	}
	c.MQTT.Broker = d.broker.URL()
	i := d.model.describe()
	topics := c.MQTT.Prefix + "/" + c.MQTT.Node
	fmt.Fprintf(a.stdout, "model   %s: %s, %s, %s kernels, context %d\n", i.Model.Name, i.Model.Architecture, i.Model.Quantization, i.Kernel, i.Model.Context)
	fmt.Fprintf(a.stdout, "broker  %s, in this process\n", c.MQTT.Broker)
	fmt.Fprintf(a.stdout, "prompt  %s/prompt/...: %s\n", topics, request["prompt"])
	fmt.Fprintf(a.stdout, "answer  %s/response/..., as it comes:\n\n", topics)

	show := &transcript{out: a.stdout, reading: newProgress(a.stderr, "reading the prompt")}
	reply, err := ask(ctx, c, request, show)
	if err != nil {
		return err
	}
	if reply.Err != nil {
		return fmt.Errorf("the service answered: %w", reply.Err)
	}
	if err := show.end(reply.Text); err != nil {
		return err
	}
	var answer mqtt.Answer
	if err := json.Unmarshal(reply.Object, &answer); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "\n%d tokens read (%.1f a second), %d written (%.1f a second)\n",
		answer.Usage.PromptTokens, answer.Timings.PromptPerSecond, answer.Usage.CompletionTokens, answer.Timings.PredictedPerSecond)
	return err
}

// ready waits until the daemon has its model and its broker.
func ready(ctx context.Context, d *daemon) error {
	select {
	case <-d.opened:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := d.model.reason(); err != nil {
		return err
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !d.mqtt.Connected() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
