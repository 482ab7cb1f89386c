package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// helpCommand is for those who type llamad help run for llamad run --help.
func (a *app) helpCommand() *cobra.Command {
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		Long:  "Explains a command, as its flag --help does.",
		Example: `  llamad help run
  llamad help config check`,
		Args: cobra.ArbitraryArgs,
		RunE: a.do(func(_ context.Context, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return &usageError{withHint(fmt.Errorf("there is no command %q", strings.Join(args, " ")), "llamad --help lists them")}
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		}),
	}
	return cmd
}
