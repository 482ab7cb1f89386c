package main

import (
	"fmt"
	"io"
	"strings"
)

// write prints what there is and then every text.
func write(w io.Writer, architecture string, modules []*module, texts []*text) error {
	var out strings.Builder
	fmt.Fprintf(&out, "Compiled into %s for linux/%s, each under its licences below:\n\n", modules[0].name, architecture)
	for _, m := range modules {
		fmt.Fprintf(&out, "  %s\n", m)
	}
	out.WriteString("\nTheir source is where their names and versions say.\n")
	for _, t := range texts {
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), strings.Join(t.about, "\n"), t.body)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
