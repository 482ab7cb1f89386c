package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"llamad/runtime/llm"
)

func (a *app) showCommand() *cobra.Command {
	var flags *modelFlags
	cmd := &cobra.Command{
		Use:   "show MODEL",
		Short: "Describe a model and the memory it takes",
		Long: `Describes a GGUF file: architecture, size, the formats of its tensors, context,
chat template, and the plan of the memory that running it takes.`,
		Example: `  llamad show tinyllama.gguf
  llamad show tinyllama.gguf --context 4096    what a longer context costs`,
		Args: arguments([]string{"MODEL"}),
		RunE: a.do(func(ctx context.Context, args []string) error {
			c, err := a.settings(flags.config)
			if err != nil {
				return err
			}
			m, err := a.open(ctx, args[0], flags, c)
			if err != nil {
				return err
			}
			defer m.Close()
			kinds, err := m.Tensors()
			if err != nil {
				return err
			}
			return describe(a.stdout, m.Info(), kinds, m.Plan())
		}),
	}
	flags = newModelFlags(cmd.Flags())
	return cmd
}

// describe writes the tables of show.
func describe(w io.Writer, i llm.Info, kinds []llm.TensorKind, plan llm.Plan) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(t, "Model")
	row("name", "%s", i.Name)
	row("architecture", "%s", i.Architecture)
	row("parameters", "%.2f million", float64(i.Parameters)/1e6)
	row("quantization", "%s", i.Quantization)
	row("size", "%s", megabytes(i.SizeBytes))
	row("context", "%d, of %d it was trained for", i.Context, i.TrainedContext)
	row("chat template", "%s", templates[i.Template])
	row("kernel", "%s", i.Kernel)
	fmt.Fprintln(t, "\nTensors")
	for _, k := range kinds {
		fmt.Fprintf(t, "  %s\t%s\t%d\t%s\n", k.Name, k.Format, k.Count, megabytes(k.Bytes))
	}
	fmt.Fprintln(t, "\nMemory")
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, plan)
	return err
}

// templates words where a chat template comes from.
var templates = map[string]string{
	"file":   "the file's own",
	"zephyr": "zephyr, for want of one in the file",
	"chatml": "ChatML, for want of one in the file",
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
