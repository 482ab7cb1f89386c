package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/hub"
	"llamad/runtime/llm"
)

// pullOptions are what pull and its flags say.
type pullOptions struct {
	app    *app
	words  hub.Words
	system bool
	to     string
}

func (a *app) pullCommand() *cobra.Command {
	o := &pullOptions{app: a}
	cmd := &cobra.Command{
		Use:   "pull REPO [FILE]",
		Short: "Fetch a model",
		Long: `Fetches a model from Hugging Face, or from wherever HF_ENDPOINT leads to. REPO is
OWNER/NAME with a FILE in it, OWNER/NAME:QUANTIZATION, or one of the short names
below. The address of a file will do too, or a path on this machine: a file, or a
directory with one.

As root, or with --system, it goes where the service looks for models; else into the
cache that Hugging Face's own programs use, or into the current directory if it comes
from no hub. llamad run finds them there. What was interrupted goes on where it was;
nothing gets its name before all of it is there and was read back.

` + shortNames(),
		Example: `  llamad pull tinyllama
  llamad pull Qwen/Qwen2.5-0.5B-Instruct-GGUF:Q8_0
  llamad pull TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF tinyllama-1.1b-chat-v1.0.Q4_0.gguf
  llamad pull https://example.org/model.gguf --to /srv/models
  llamad pull /media/usb/model.gguf --system`,
		Args: arguments([]string{"REPO"}, "FILE"),
		RunE: a.do(o.run),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return completeRepo(args, typed)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.system, "system", os.Geteuid() == 0, "put it where the service looks for models")
	flags.StringVar(&o.to, "to", "", "put it into this `directory`")
	flags.StringVar(&o.words.Revision, "revision", "", "take the file of this `commit`, branch or tag")
	flags.StringVar(&o.words.SHA256, "sha256", "", "refuse the file unless this is its `digest`")
	flags.Lookup("system").DefValue = "false" // the manual is the same for root
	return cmd
}

// shortNames is the table of them in --help.
func shortNames() string {
	var out strings.Builder
	out.WriteString("Short names:\n")
	for _, e := range hub.Catalog {
		fmt.Fprintf(&out, "  %-13s %7.1f MB  %s; %s\n", e.Name, float64(e.Size)/1e6, e.Languages, e.Licence)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func completeRepo(args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var offer []cobra.Completion
	for _, e := range hub.Catalog {
		if strings.HasPrefix(e.Name, typed) {
			offer = append(offer, cobra.CompletionWithDesc(e.Name, megabytes(e.Size)))
		}
	}
	if offer == nil {
		return nil, cobra.ShellCompDirectiveDefault // a path
	}
	return offer, cobra.ShellCompDirectiveNoFileComp
}

func (o *pullOptions) run(ctx context.Context, args []string) error {
	o.words.What = args[0]
	if len(args) > 1 {
		o.words.File = args[1]
	}
	settings, err := hubSettings(o.app.environ)
	if err != nil {
		return pullError(err)
	}
	src, err := hub.Parse(o.words, settings)
	if err != nil {
		return pullError(err)
	}
	c, err := o.app.settings("")
	if err != nil {
		return err
	}
	to := o.to
	if to == "" && o.system {
		to = c.Model.Directory
	}
	shown := newTransfer(o.app.stderr, settings.Quiet, o.app.environ)
	r, err := hub.Pull(ctx, src, hub.Options{
		Settings: settings, Directory: to, Check: llm.Check,
		Progress: func(p hub.Progress) { shown.show(string(p.Step)+" "+p.File, p.Done, p.Total) },
		Note:     func(text string) { shown.clear(); o.app.say("llamad: pull: "+text, "") },
	})
	shown.clear()
	if errors.Is(err, context.Canceled) {
		return withHint(errors.New("interrupted"), "pull again: it goes on where it was")
	}
	if err != nil {
		return pullError(err)
	}
	return o.finish(r, c)
}

// pullError makes the hub's judgement of the user's words one of ours.
func pullError(err error) error {
	if hub.IsUsage(err) {
		return &usageError{err}
	}
	return err
}

// finish says where the model is and what to type next.
func (o *pullOptions) finish(r hub.Result, c *config.Config) error {
	done := "pulled"
	if r.Already {
		done = "there already"
	}
	out := &strings.Builder{}
	fmt.Fprintf(out, "%s: %s (%s)\n", done, r.Path, megabytes(r.Size))
	if r.Licence != "" {
		fmt.Fprintf(out, "licence: %s\n", r.Licence)
	}
	dir := filepath.Dir(r.Path)
	if models, err := config.ListModels(dir); dir == filepath.Clean(c.Model.Directory) && err == nil {
		if len(models) == 1 {
			fmt.Fprintln(out, "the service takes it by itself: it is the only one there")
		} else {
			fmt.Fprintf(out, "the service takes it with name = %q below [model] in %s\n", o.name(r, c), config.DefaultPath)
		}
	}
	fmt.Fprintf(out, "next: llamad run %s \"Why is the sky blue?\"\n", o.name(r, c))
	_, err := fmt.Fprint(o.app.stdout, out)
	return err
}

// name is the shortest that llamad run finds the model by.
func (o *pullOptions) name(r hub.Result, c *config.Config) string {
	names := []string{strings.TrimSuffix(filepath.Base(r.Path), hub.Ending), r.Path}
	if e, ok := hub.Lookup(o.words.What); ok {
		names = append([]string{e.Name}, names...)
	}
	for _, name := range names {
		if path, err := find(name, c, o.app.environ); err == nil && sameFile(path, r.Path) {
			return name
		}
	}
	return r.Path
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errors.Join(errX, errY) == nil && os.SameFile(x, y)
}

// cachedModels are those in the cache of pull, each name once.
func cachedModels(environ []string) ([]hub.Model, error) {
	settings, err := hubSettings(environ)
	if err != nil {
		return nil, err
	}
	models := hub.Cache{Root: settings.Cache}.Models()
	return slices.CompactFunc(models, func(a, b hub.Model) bool { return a.Name() == b.Name() }), nil
}

// hubSettings reads what Hugging Face's programs read too.
func hubSettings(environ []string) (hub.Settings, error) {
	return hub.Environment(func(name string) string { return variable(environ, name) })
}
