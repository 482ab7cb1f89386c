package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"llamad/config"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration, or print an example of one",
		Example: `  llamad config check
  llamad config example`,
		Args: cobra.ArbitraryArgs,
		RunE: unknown,
	}
	cmd.AddCommand(a.configCheckCommand(), a.configExampleCommand())
	return cmd
}

func (a *app) configCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Check a configuration file",
		Long: `Checks a configuration file and the variables LLAMAD_SECTION_KEY of the
environment, and says everything that is wrong with its line and the cure.
Exits with 78 when serve would refuse it.`,
		Example: `  llamad config check                  check ` + config.DefaultPath + `
  llamad config check ./llamad.toml    check another file`,
		Args: arguments(nil, "FILE"),
		RunE: a.do(func(_ context.Context, args []string) error {
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			c, warnings, err := config.Load(path, a.environ)
			a.warn(warnings)
			if err != nil {
				return err
			}
			return a.reportConfig(c)
		}),
	}
}

// reportConfig says what a good configuration comes to.
func (a *app) reportConfig(c *config.Config) error {
	if err := checkConnection(c); err != nil {
		return err
	}
	model, err := c.Model.File()
	if errors.Is(err, config.ErrManyModels) {
		return err
	}
	if err != nil {
		model = err.Error() // none yet: the service waits for it
	}
	file := c.File + ": ok"
	if c.File == "" {
		file = "no file at " + config.DefaultPath + ": the defaults hold"
	}
	_, err = fmt.Fprintf(a.stdout, "%s\nmodel:  %s\nbroker: %s\ntopics: %s/%s/...\n", file, model, c.MQTT.Broker, c.MQTT.Prefix, c.MQTT.Node)
	return err
}

func (a *app) configExampleCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "example",
		Short:   "Print a configuration file with every key, its default and unit",
		Example: "  llamad config example > llamad.toml",
		Args:    arguments(nil),
		RunE: a.do(func(context.Context, []string) error {
			_, err := fmt.Fprint(a.stdout, config.Example())
			return err
		}),
	}
}
