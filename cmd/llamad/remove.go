package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"llamad/config"
)

func (a *app) rmCommand() *cobra.Command {
	var file string
	var yes bool
	cmd := &cobra.Command{
		Use:   "rm MODEL",
		Short: "Remove a model",
		Long: `Removes the file of a model from the models directory or the cache of pull. It asks
first, unless --yes says not to. A model that a process has open, such as the service,
is not removed. Files elsewhere are yours: they are not looked at.`,
		Example: `  llamad rm tinyllama
  llamad rm --yes tinyllama`,
		Args: arguments([]string{"MODEL"}),
		RunE: a.do(func(_ context.Context, args []string) error {
			c, err := a.settings(file)
			if err != nil {
				return err
			}
			m, err := a.removable(args[0], c)
			if err != nil {
				return err
			}
			return a.remove(m, yes)
		}),
	}
	flags := cmd.Flags()
	flags.BoolVarP(&yes, "yes", "y", false, "do not ask")
	flags.StringVar(&file, "config", "", "take the models directory from this `file`")
	return cmd
}

// removable is the model of that name among those that are llamad's to remove.
func (a *app) removable(name string, c *config.Config) (listedModel, error) {
	if strings.Contains(name, "/") {
		return listedModel{}, usagef("MODEL is %q, expected a name as llamad list shows it; a file elsewhere goes with rm", name)
	}
	models, err := a.models(c)
	if err != nil {
		return listedModel{}, err
	}
	here, err := filepath.Abs(".")
	if err != nil {
		return listedModel{}, err
	}
	missing := &config.ModelError{Name: name, Dirs: []string{c.Model.Directory}, Kind: config.ErrNoModel}
	mine := false // a file of that name lies in the current directory
	for _, m := range models {
		same := m.Name == strings.TrimSuffix(name, ".gguf")
		switch {
		case m.From == here && here != filepath.Clean(c.Model.Directory):
			mine = mine || same
		case same:
			return m, nil
		default:
			missing.Have = append(missing.Have, config.ModelFile{Name: m.Name})
		}
	}
	if mine {
		return listedModel{}, withHint(missing, "the one in the current directory is yours, delete it with rm")
	}
	return listedModel{}, missing
}

// remove removes a model that nothing uses, once the user has agreed.
func (a *app) remove(m listedModel, yes bool) error {
	if p := opener(m.Path); p != "" {
		return withHint(fmt.Errorf("%s is in use by %s", m.Name, p), "stop it first: systemctl stop llamad, or let it serve another: model.name")
	}
	if !yes {
		if err := a.ask(fmt.Sprintf("remove %s (%s) from %s?", printable(m.Name), megabytes(m.Size), printable(m.From))); err != nil {
			return err
		}
	}
	remove := func() error { return os.Remove(m.Path) }
	if m.cached != nil {
		remove = m.cached.Remove
	}
	if err := remove(); err != nil {
		return fileError(m.Path, err, "it is gone already", "remove it as root: sudo llamad rm "+m.Name)
	}
	if _, err := fmt.Fprintf(a.stdout, "removed %s\n", printable(m.Path)); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// ask has the user agree to something, or gives an error.
func (a *app) ask(question string) error {
	if !isTerminal(a.stdin) {
		return usagef("there is no terminal to ask on: --yes does it without")
	}
	fmt.Fprint(a.stderr, question+" [y/N] ")
	answer, err := bufio.NewReader(io.LimitReader(a.stdin, 100)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("standard input: %w", err)
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
		return errors.New("nothing was removed")
	}
	return nil
}

// opener names a process that has a file open, as far as the user may see that.
// The service keeps the file it has mapped open.
func opener(path string) string {
	file, err := os.Stat(path)
	if err != nil {
		return ""
	}
	open, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return ""
	}
	for _, fd := range open {
		if info, err := os.Stat(fd); err == nil && os.SameFile(info, file) {
			process := filepath.Dir(filepath.Dir(fd))
			name, _ := os.ReadFile(process + "/comm")
			return fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), filepath.Base(process))
		}
	}
	return ""
}
