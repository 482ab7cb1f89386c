package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"llamad/runtime/llm"
	"llamad/runtime/memory"
)

// writeMemory writes what running a model would take and whether that is there.
func writeMemory(w io.Writer, p *llm.Plan, available memory.Room) error {
	var b strings.Builder
	fmt.Fprintln(&b, "Memory")
	fmt.Fprintln(&b, p)
	fmt.Fprintln(&b, llm.PlanLine("available", available.Bytes, "now, "+available.From))
	fmt.Fprintln(&b, llm.PlanLine("anonymous", p.Anonymous(), "KV cache, scratch and Go heap: what no file backs"))
	if p.Fits() {
		fmt.Fprintf(&b, "\nIt fits with a context of %d. The largest that would fit is %d.\n", p.Context, p.Largest)
	} else {
		fmt.Fprintf(&b, "\nIt would be refused: %s.\n", p.Cure())
	}
	if len(p.Files) > 0 {
		fmt.Fprintln(&b, "\nIn smaller formats")
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, f := range p.Files {
			fits := "does not fit either"
			if f.Context > 0 {
				fits = fmt.Sprintf("context %d", f.Context)
			}
			fmt.Fprintf(t, "  %s\tabout %.0f MB\t%s\n", f.Format, float64(f.Weights)/1e6, fits)
		}
		t.Flush()
	}
	_, err := io.WriteString(w, b.String())
	return err
}
