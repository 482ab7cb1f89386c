package man

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Program is the page llamad(8), in Markdown.
func Program(root *cobra.Command, e Edition) string {
	return page("llamad.8.md", "llamad 8", e, map[string]string{
		"Short":    strings.ToLower(root.Short[:1]) + root.Short[1:],
		"Long":     plain(root.Long),
		"Examples": verbatim(root.Example, 2),
		"Summary":  summary(root),
		"Commands": commands(root),
	})
}

// below are the commands of cmd that a user sees.
func below(cmd *cobra.Command) []*cobra.Command {
	var seen []*cobra.Command
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			seen = append(seen, c)
		}
	}
	return seen
}

// summary lists what can be typed and what it does.
func summary(cmd *cobra.Command) string {
	var out strings.Builder
	for _, c := range below(cmd) {
		if c.HasSubCommands() {
			out.WriteString(summary(c))
			continue
		}
		out.WriteString(usage(c) + "\n:   " + plain(c.Short) + ".\n\n")
	}
	return out.String()
}

// usage is the command line as --help has it: what is typed is bold, what stands
// for something else is italic.
func usage(cmd *cobra.Command) string {
	line := bold(cmd.CommandPath())
	for _, w := range strings.Fields(cmd.Use)[1:] {
		name := strings.Trim(w, "[]")
		line += " " + strings.Replace(plain(w), plain(name), italic(name), 1)
	}
	return line
}

// commands explains all commands below cmd, with their flags and examples.
func commands(cmd *cobra.Command) string {
	var out strings.Builder
	for _, c := range below(cmd) {
		if c.HasSubCommands() {
			out.WriteString(commands(c))
			continue
		}
		text := c.Long
		if text == "" {
			text = c.Short + "."
		}
		out.WriteString("### " + usage(c) + "\n\n" + plain(text) + "\n\n" + flags(c) + "For example:\n\n" + verbatim(c.Example, 2) + "\n")
	}
	return out.String()
}

// flags explains the flags of cmd itself.
func flags(cmd *cobra.Command) string {
	var out strings.Builder
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			out.WriteString(flag(f))
		}
	})
	return out.String()
}

func flag(f *pflag.Flag) string {
	names := bold("--" + f.Name)
	if f.Shorthand != "" {
		names = bold("-"+f.Shorthand) + ", " + names
	}
	value, text := pflag.UnquoteUsage(f)
	if value != "" {
		names += " " + italic(value)
	}
	text = sentence(text)
	switch f.DefValue {
	case "", "0", "false", "[]": // what --help does not show either
	default:
		text += " Default: " + f.DefValue + "."
	}
	return names + "\n:   " + plain(text) + "\n\n"
}
