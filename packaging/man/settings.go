package man

import (
	"slices"
	"strings"

	"llamad/config"
)

// Settings is the page llamad.toml(5), in Markdown.
func Settings(sections []config.Section, e Edition) string {
	var out strings.Builder
	for _, s := range sections {
		out.WriteString("### " + plain("["+s.Name+"]") + "\n\n" + plain(s.Text) + "\n\n")
		if s.Name == client {
			out.WriteString("Beside the keys of \\[generate\\] it has:\n\n")
		}
		for _, k := range s.Keys {
			if s.Name != client || !explained(sections, k) {
				out.WriteString(key(s.Name, k))
			}
		}
	}
	return page("llamad.toml.5.md", "llamad.toml 5", e, map[string]string{
		"File":     config.DefaultPath,
		"Sections": out.String(),
	})
}

// client is the section of what may stand any number of times, and every key of
// [generate] may stand in it.
const client = "client.NAME"

// explained says whether a key of a client is one of [generate].
func explained(sections []config.Section, k config.Key) bool {
	return slices.ContainsFunc(sections, func(s config.Section) bool {
		return s.Name == "generate" && slices.ContainsFunc(s.Keys, func(g config.Key) bool { return g.Name == k.Name })
	})
}

// key is three lines: what it is for, what it may be, how else it is set.
func key(section string, k config.Key) string {
	value := "Value: " + k.Expected
	if k.Unit != "" {
		value += " (" + k.Unit + ")"
	}
	set := "Environment: " + config.EnvName(section, k.Name)
	if k.Live {
		set += ". A reload applies it"
	}
	const newline = "  \n    "
	return bold(k.Name) + " = " + plain(k.Default) + "\n:   " + plain(sentence(k.Text)) + newline + plain(value) + "." + newline + plain(set) + ".\n\n"
}
