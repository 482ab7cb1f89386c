package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"llamad/runtime/chat"
)

// trialName is the hidden command that tries a chat template in a process of its
// own: a file's template is a program by a stranger, which may never end.
const trialName = "template-trial"

func (a *app) trialCommand() *cobra.Command {
	return &cobra.Command{
		Use:    trialName,
		Short:  "Try a chat template under limits",
		Hidden: true,
		Args:   arguments(nil),
		RunE: a.do(func(context.Context, []string) error {
			return chat.TrialMain(a.stdin, a.stdout)
		}),
	}
}

// trial runs that command.
func trial() chat.Trial {
	exe, err := os.Executable()
	if err != nil {
		return func(chat.Job) error { return fmt.Errorf("%w (%v)", chat.ErrNoTrial, err) }
	}
	return chat.TrialProcess(exe, trialName)
}
