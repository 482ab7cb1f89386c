package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"llamad/config"
	"llamad/hub"
	"llamad/runtime/llm"
)

// modelFlags say how a command opens a model.
type modelFlags struct {
	config  string
	context int
	threads int
	heap    int64 // what the command needs of Go's heap beside the model, not a flag
}

func newModelFlags(flags *pflag.FlagSet) *modelFlags {
	f := &modelFlags{}
	flags.StringVar(&f.config, "config", "", "take [model], [memory] and [generate] from this `file`")
	flags.IntVarP(&f.context, "context", "c", 0, "`tokens` of prompt and answer together; 0 is the model's own, at most 2048")
	flags.IntVarP(&f.threads, "threads", "t", 0, "`threads` to compute with; 0 chooses for the board")
	return f
}

// settings are those of --config, or else the defaults: what the service is
// told in its file is none of a command's business unless asked for.
func (a *app) settings(file string) (*config.Config, error) {
	load := config.Environment
	if file != "" {
		load = func(environ []string) (*config.Config, []config.Problem, error) { return config.Load(file, environ) }
	}
	c, warnings, err := load(a.environ)
	a.warn(warnings)
	return c, err
}

// find is the file that MODEL means: a path, a name in the current directory or the
// models directory, or something that was pulled into the cache. A short name of
// pull is its file.
func find(name string, c *config.Config, environ []string) (string, error) {
	path, err := config.FindModel(name, ".", c.Model.Directory)
	var missing *config.ModelError
	if !errors.As(err, &missing) {
		return path, err
	}
	entry, short := hub.Lookup(name)
	if short {
		if path, err := config.FindModel(entry.File, ".", c.Model.Directory); err == nil {
			return path, nil
		}
	}
	cached, err := cachedModels(environ)
	if err != nil {
		return "", err
	}
	for _, m := range cached {
		if m.Name() == strings.TrimSuffix(name, hub.Ending) || short && m.Repo == entry.Repo && m.File == entry.File {
			return m.Path, nil
		}
		missing.Have = append(missing.Have, config.ModelFile{Name: m.Name(), Path: m.Path, Size: m.Size, Modified: m.Modified})
	}
	if short {
		return "", withHint(missing, "llamad pull "+entry.Name+" fetches it")
	}
	return "", missing
}

// find is the same for a command with flags, which it checks.
func (f *modelFlags) find(name string, c *config.Config, environ []string) (string, error) {
	if f.context < 0 || f.threads < 0 {
		return "", usagef("--context and --threads: expected numbers from 0 up")
	}
	return find(name, c, environ)
}

// open opens the model that MODEL means and says what is odd about it.
func (a *app) open(ctx context.Context, name string, f *modelFlags, c *config.Config) (*llm.Model, error) {
	path, err := f.find(name, c, a.environ)
	if err != nil {
		return nil, err
	}
	m, err := llm.Open(ctx, path, f.options(c, a.environ))
	if err != nil {
		return nil, explain(path, err)
	}
	boundHeap(m.Plan())
	a.caution(m.Info())
	return m, nil
}

// inspect describes the model that MODEL means without opening it.
func (a *app) inspect(ctx context.Context, name string, f *modelFlags, c *config.Config) (*llm.Description, error) {
	path, err := f.find(name, c, a.environ)
	if err != nil {
		return nil, err
	}
	d, err := llm.Inspect(ctx, path, f.options(c, a.environ))
	if err != nil {
		return nil, explain(path, err)
	}
	a.caution(d.Info)
	return d, nil
}

// caution says what is odd about a model.
func (a *app) caution(i llm.Info) {
	for _, w := range i.Warnings {
		a.say("llamad: warning: "+w, "")
	}
}

// options are those of the configuration, but for what the flags say.
func (f *modelFlags) options(c *config.Config, environ []string) llm.Options {
	o := modelOptions(c, environ)
	o.Headroom += f.heap
	if f.context > 0 {
		o.Context = f.context
	}
	if f.threads > 0 {
		o.ThreadsPrefill, o.ThreadsDecode = f.threads, f.threads
	}
	o.TemplateTrial = trial()
	return o
}

// modelOptions maps the configuration to how a model is opened.
func modelOptions(c *config.Config, environ []string) llm.Options {
	return llm.Options{
		Kernel:         variable(environ, "LLAMAD_KERNEL"),
		Context:        c.Memory.Context,
		MinContext:     c.Memory.MinContext,
		Budget:         c.Memory.Budget.Of(llm.Available().Bytes),
		Headroom:       headroom(c),
		KV:             c.Memory.KV,
		ThreadsPrefill: c.Model.ThreadsPrefill,
		ThreadsDecode:  c.Model.ThreadsDecode,
		Lock:           c.Memory.Lock,
	}
}

// explain gives the errors of the system a cure; those of llm have theirs.
func explain(path string, err error) error {
	if info, e := os.Stat(path); e == nil && info.IsDir() {
		return withHint(fmt.Errorf("%s is a directory", path), "name a GGUF file in it")
	}
	return fileError(path, err, "MODEL is the path of a GGUF file, or the name of one in the models directory",
		"the file must be readable by the user that runs llamad")
}

// fileError words the system's refusals of a file, each with the cure that fits
// who asked for it.
func fileError(path string, err error, missing, forbidden string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return withHint(fmt.Errorf("%s: no such file", path), missing)
	case errors.Is(err, fs.ErrPermission):
		return withHint(fmt.Errorf("%s: permission denied", path), forbidden)
	}
	return err
}

// variable is the value of an environment variable, "" when it is not set.
func variable(environ []string, name string) string {
	for _, e := range environ {
		if n, value, _ := strings.Cut(e, "="); n == name {
			return value
		}
	}
	return ""
}
