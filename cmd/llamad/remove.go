package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/hub"
)

func (a *app) rmCommand() *cobra.Command {
	var file string
	var yes bool
	cmd := &cobra.Command{
		Use:   "rm NAME",
		Short: "Remove a model",
		Long: `Removes the file of a model from the models directory or the cache of pull. It asks
first, unless --yes says not to. A model that a process has open, such as the service,
is not removed. Files elsewhere are yours: they are not looked at.`,
		Example: `  llamad rm tinyllama
  llamad rm --yes tinyllama`,
		Args: arguments([]string{"NAME"}),
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
		return listedModel{}, usagef("NAME is %q, expected a name as llamad list shows it; a file elsewhere goes with rm", name)
	}
	models, err := a.models(c)
	if err != nil {
		return listedModel{}, err
	}
	here, err := filepath.Abs(".")
	if err != nil {
		return listedModel{}, err
	}
	names := []string{strings.TrimSuffix(name, hub.Ending)}
	if entry, short := hub.Lookup(name); short {
		names = append(names, strings.TrimSuffix(path.Base(entry.File), hub.Ending))
	}
	missing := &config.ModelError{Name: name, Dirs: []string{c.Model.Directory}, Kind: config.ErrNoModel}
	var fit []listedModel
	mine := false // a file of that name lies in the current directory
	for _, m := range models {
		same := slices.Contains(names, m.Name)
		switch {
		case m.From == here && here != filepath.Clean(c.Model.Directory):
			mine = mine || same
		case same:
			fit = append(fit, m)
		default:
			missing.Have = append(missing.Have, config.ModelFile{Name: m.Name})
		}
	}
	switch {
	case len(fit) > 0: // run looks into the models directory first
		return fit[max(0, slices.IndexFunc(fit, func(m listedModel) bool { return m.cached == nil }))], nil
	case mine:
		return listedModel{}, withHint(missing, "the one in the current directory is yours, delete it with rm")
	}
	return listedModel{}, missing
}

// remove removes a model that nothing uses, once the user has agreed.
func (a *app) remove(m listedModel, yes bool) error {
	for _, path := range m.paths() {
		if p := opener(path); p != "" {
			return withHint(fmt.Errorf("%s is in use by %s", m.Name, p), "stop it first: systemctl stop llamad, or let it serve another: model.name")
		}
	}
	if !yes {
		if err := a.ask(fmt.Sprintf("remove %s (%s) from %s?", printable(m.Name), megabytes(m.Size), printable(m.From))); err != nil {
			return err
		}
	}
	if err := m.remove(); err != nil {
		return fileError(m.Path, err, "it is gone already", "remove it as root: sudo llamad rm "+m.Name)
	}
	if _, err := fmt.Fprintf(a.stdout, "removed %s\n", printable(strings.Join(m.paths(), ", "))); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// paths are those under which it goes.
func (m listedModel) paths() []string {
	if m.cached == nil {
		return []string{m.Path}
	}
	var paths []string
	for _, c := range m.cached {
		paths = append(paths, c.Path)
	}
	return paths
}

func (m listedModel) remove() error {
	if m.cached == nil {
		return os.Remove(m.Path)
	}
	for _, c := range m.cached {
		if err := c.Remove(); err != nil {
			return err
		}
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
func opener(model string) string {
	file, err := os.Stat(model)
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
