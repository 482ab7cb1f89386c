package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"llamad/config"
)

// completes says whether args are a question of a shell's script rather than a
// command of a user's.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completeValues tells cmd and all below it what may stand for each argument and
// for the value of each flag. It goes by the names that --help has for them.
func (a *app) completeValues(cmd *cobra.Command) {
	cmd.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	values := map[string]cobra.CompletionFunc{
		"MODEL":     a.completeModel,
		"NAME":      a.completeName,
		"COMMAND":   completeCommand,
		"SHELL":     cobra.FixedCompletions(shellNames(), cobra.ShellCompDirectiveNoFileComp),
		"FILE":      cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		"DIRECTORY": cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
	}
	if names := strings.Fields(cmd.Use)[1:]; cmd.ValidArgsFunction == nil && len(names) > 0 {
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			at := len(args)
			if strings.HasSuffix(names[len(names)-1], "...") {
				at = min(at, len(names)-1) // the last may be given again
			}
			if at < len(names) {
				if complete := values[strings.Trim(names[at], "[].")]; complete != nil {
					return complete(cmd, args, typed)
				}
			}
			return cobra.NoFileCompletions(cmd, args, typed)
		}
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name, usage := pflag.UnquoteUsage(f)
		f.Usage = usage // a shell shows it as it is
		complete := values[strings.ToUpper(name)]
		if v, is := f.Value.(interface{ Words() []string }); is && v.Words() != nil {
			complete = cobra.FixedCompletions(v.Words(), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
		}
		if complete != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // fails for a flag that has one
		}
	})
	for _, sub := range cmd.Commands() {
		a.completeValues(sub)
	}
}

// completeModel offers the models that find would find, with their sizes. What is
// none of them is a path, which the shell completes.
func (a *app) completeModel(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c := a.completionConfig(cmd)
	here, _ := config.ListModels(".")
	kept, _ := config.ListModels(c.Model.Directory)
	var offer []cobra.Completion
	add := func(name string, m config.ModelFile) {
		if strings.HasPrefix(name, typed) {
			offer = append(offer, cobra.CompletionWithDesc(name, megabytes(m.Size)))
		}
	}
	for _, m := range here {
		add(filepath.Base(m.Path), m)
	}
	for _, m := range kept {
		add(m.Name, m)
	}
	cached, _ := cachedModels(a.environ)
	for _, m := range cached {
		add(m.Name(), config.ModelFile{Size: m.Size})
	}
	if offer == nil {
		return []cobra.Completion{"gguf"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return offer, cobra.ShellCompDirectiveNoFileComp
}

// completeName offers the models that rm would remove.
func (a *app) completeName(cmd *cobra.Command, _ []string, typed string) (offer []cobra.Completion, _ cobra.ShellCompDirective) {
	c := a.completionConfig(cmd)
	models, _ := a.models(c)
	for _, m := range models {
		if (m.cached != nil || m.From == filepath.Clean(c.Model.Directory)) && strings.HasPrefix(m.Name, typed) {
			offer = append(offer, cobra.CompletionWithDesc(m.Name, megabytes(m.Size)))
		}
	}
	return offer, cobra.ShellCompDirectiveNoFileComp
}

// completionConfig is the configuration that a command line goes by, the default
// where it has faults.
func (a *app) completionConfig(cmd *cobra.Command) *config.Config {
	file := ""
	if f := cmd.Flag("config"); f != nil {
		file = f.Value.String()
	}
	c, err := a.settings(file)
	if err != nil {
		c = config.Default()
	}
	return c
}

func completeCommand(cmd *cobra.Command, _ []string, typed string) (offer []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, c := range cmd.Root().Commands() {
		if c.IsAvailableCommand() && strings.HasPrefix(c.Name(), typed) {
			offer = append(offer, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	return offer, cobra.ShellCompDirectiveNoFileComp
}

// offer names the values of a flag, for a shell to complete.
func offer(flags *pflag.FlagSet, name string, words ...string) {
	f := flags.Lookup(name)
	f.Value = offered{f.Value, words}
}

type offered struct {
	pflag.Value
	words []string
}

func (o offered) Words() []string { return o.words }
