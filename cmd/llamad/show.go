package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"llamad/runtime/llm"
	"llamad/runtime/memory"
)

// showing is what show and its flags say.
type showing struct {
	app    *app
	model  *modelFlags
	memory bool
	json   bool
}

func (a *app) showCommand() *cobra.Command {
	o := &showing{app: a}
	cmd := &cobra.Command{
		Use:   "show MODEL",
		Short: "Describe a model and the memory it takes",
		Long: `Describes a GGUF file: architecture, size, the formats of its tensors, context,
chat template, and the plan of the memory that running it takes.

With --memory, the plan alone and what goes with it: how much memory there is and
who says so, the largest context that would fit, and what the model would be in
smaller formats. Nothing is loaded for it, so that a small board can be asked
about a large file. A model that does not fit is described like any other, and
the exit code is 0.`,
		Example: `  llamad show tinyllama
  llamad show --memory tinyllama --context 4096    what a longer context costs
  llamad show --memory --json tinyllama            the numbers, in bytes`,
		Args: arguments([]string{"MODEL"}),
		RunE: a.do(o.run),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.memory, "memory", false, "only what running it would take, and whether that is there")
	flags.BoolVar(&o.json, "json", false, "print an object instead of tables; sizes are bytes")
	o.model = newModelFlags(flags)
	return cmd
}

func (o *showing) run(ctx context.Context, args []string) error {
	c, err := o.app.settings(o.model.config)
	if err != nil {
		return err
	}
	available := llm.Available() // before the file's own pages are in memory
	d, err := o.app.inspect(ctx, args[0], o.model, c)
	if err != nil {
		return err
	}
	if err := o.write(d, available); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

func (o *showing) write(d *llm.Description, available memory.Room) error {
	w := o.app.stdout
	if o.json {
		return writeShowJSON(w, d, available, o.memory)
	}
	if !o.memory {
		if err := writeModel(w, d); err != nil {
			return err
		}
	}
	return writeMemory(w, &d.Plan, available)
}

// writeModel writes what the file says.
func writeModel(w io.Writer, d *llm.Description) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	i := d.Info
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
	for _, k := range d.Tensors {
		fmt.Fprintf(t, "  %s\t%s\t%d\t%s\n", k.Name, k.Format, k.Count, megabytes(k.Bytes))
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// templates words where a chat template comes from.
var templates = map[string]string{
	"file":   "the file's own",
	"zephyr": "zephyr, for want of one in the file",
	"chatml": "ChatML, for want of one in the file",
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
