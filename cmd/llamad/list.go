package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/hub"
)

func (a *app) listCommand() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the models there are",
		Long: `Lists the models that can be named without a path, the newest first: those in the
current directory, in the models directory and in the cache of pull. ID is the
beginning of the file's SHA-256 where that is known without reading all of it, else
"-".`,
		Example: `  llamad list
  llamad list --json`,
		Args: arguments(nil),
		RunE: a.do(func(context.Context, []string) error {
			c, err := a.settings(file)
			if err != nil {
				return err
			}
			models, err := a.models(c)
			if err != nil {
				return err
			}
			if asJSON {
				err = writeModelsJSON(a.stdout, models)
			} else {
				err = writeModels(a.stdout, models, time.Now())
			}
			if err != nil {
				return fmt.Errorf("standard output: %w", err)
			}
			if len(models) == 0 && !asJSON {
				a.say("llamad: list: there are no models", "llamad pull tinyllama fetches one, or copy a .gguf file to "+c.Model.Directory)
			}
			return nil
		}),
	}
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print a list of objects instead of a table; sizes are bytes")
	flags.StringVar(&file, "config", "", "take the models directory from this `file`")
	return cmd
}

// listedModel is a model that can be named without a path.
type listedModel struct {
	Name     string    `json:"name"`
	SHA256   string    `json:"sha256,omitempty"` // where its place tells
	Size     int64     `json:"size"`             // bytes
	Modified time.Time `json:"modified"`
	Path     string    `json:"path"`
	From     string    `json:"from"` // its directory, or its repository

	cached []hub.Model // what the cache of pull has under that name from there, the newest first
}

// models are all that find would find, the newest first.
func (a *app) models(c *config.Config) ([]listedModel, error) {
	var models []listedModel
	for _, dir := range []string{".", c.Model.Directory} {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(models, func(m listedModel) bool { return m.From == dir }) {
			continue // one works in the models directory
		}
		found, err := config.ListModels(dir)
		if err != nil {
			return nil, fileError(dir, err, "", "list them as a user who may read it")
		}
		for _, m := range found {
			models = append(models, listedModel{Name: m.Name, Size: m.Size, Modified: m.Modified, Path: m.Path, From: dir})
		}
	}
	settings, err := hubSettings(a.environ)
	if err != nil {
		return nil, err
	}
	for _, m := range (hub.Cache{Root: settings.Cache}).Models() {
		i := slices.IndexFunc(models, func(l listedModel) bool { return l.cached != nil && l.Name == m.Name() && l.From == string(m.Repo) })
		if i < 0 {
			i = len(models)
			models = append(models, listedModel{Name: m.Name(), SHA256: m.SHA256, Size: m.Size, Modified: m.Modified, Path: m.Path, From: string(m.Repo)})
		}
		models[i].cached = append(models[i].cached, m)
	}
	slices.SortStableFunc(models, func(a, b listedModel) int {
		return cmp.Or(b.Modified.Compare(a.Modified), strings.Compare(a.Name, b.Name))
	})
	return models, nil
}

func writeModelsJSON(w io.Writer, models []listedModel) error {
	if models == nil {
		models = []listedModel{} // a list, not null
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(models)
}

// writeModels writes Ollama's table, and where each model is.
func writeModels(w io.Writer, models []listedModel, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 4, ' ', 0)
	fmt.Fprintln(t, "NAME\tID\tSIZE\tMODIFIED\tFROM")
	for _, m := range models {
		id := "-"
		if len(m.SHA256) >= shortID {
			id = m.SHA256[:shortID]
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", printable(m.Name), id, megabytes(m.Size), ago(now.Sub(m.Modified)), printable(m.From))
	}
	return t.Flush()
}

// shortID is how many digits of a digest tell one model from another.
const shortID = 12

// printable is a file's name without what would move the cursor or end the column.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, name)
}

// ago words a time that has passed, in the largest unit of which there are two.
func ago(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"years", 365 * day}, {"months", 30 * day}, {"weeks", 7 * day}, {"days", day}, {"hours", time.Hour}, {"minutes", time.Minute}, {"seconds", time.Second}} {
		if n := d / unit.size; n >= 2 {
			return fmt.Sprintf("%d %s ago", n, unit.name)
		}
	}
	return "just now"
}
