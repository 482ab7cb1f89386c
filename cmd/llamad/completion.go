package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// shells are those that cobra writes a script for and people have on a Pi.
var shells = map[string]func(root *cobra.Command, w io.Writer) error{
	"bash": func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":  func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) },
	"fish": func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
}

func shellNames() []string { return slices.Sorted(maps.Keys(shells)) }

func (a *app) completionCommand() *cobra.Command {
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print what a shell needs to complete commands",
		Long: `Prints the script with which bash, zsh or fish completes llamad's commands, flags,
their values and the names of models at the Tab key. A new shell has it. bash
needs its package bash-completion. The Debian package has all three in place.`,
		Example: `  llamad completion bash > ~/.local/share/bash-completion/completions/llamad
  llamad completion zsh > /usr/local/share/zsh/site-functions/_llamad
  llamad completion fish > ~/.config/fish/completions/llamad.fish`,
		Args: arguments([]string{"SHELL"}),
		RunE: a.do(func(_ context.Context, args []string) error {
			script := shells[args[0]]
			if script == nil {
				return usagef("SHELL is %q, expected one of %s", args[0], strings.Join(shellNames(), ", "))
			}
			if err := script(cmd.Root(), a.stdout); err != nil {
				return fmt.Errorf("standard output: %w", err)
			}
			return nil
		}),
	}
	return cmd
}
