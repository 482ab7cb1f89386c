package config

import (
	"fmt"
	"strings"
)

// Example is a configuration file with every key, its default and unit, all
// commented out: it means the same as an empty file. With the "#" in front of
// the keys removed it still does, but for the sample client.
func Example() string {
	var b strings.Builder
	b.WriteString(`# llamad.toml: every setting with its default. To change one, remove the "#" in
# front of it. Each can also be set in the environment: LLAMAD_SECTION_KEY, as in
# LLAMAD_MQTT_BROKER. "llamad config check" checks this file.
`)
	for _, s := range Sections() {
		header := "[" + s.Name + "]"
		if s.Name == "client.NAME" {
			header = "#[client.kitchen]"
		}
		fmt.Fprintf(&b, "\n\n# %s\n%s\n", s.Text, header)
		for _, k := range s.Keys {
			if s.Name == "client.NAME" && inherited(k.Name) {
				continue
			}
			fmt.Fprintf(&b, "\n# %s.\n# Value: %s", upperFirst(k.Text), k.Expected)
			if k.Unit != "" {
				fmt.Fprintf(&b, " (%s)", k.Unit)
			}
			fmt.Fprintf(&b, ".\n#%s = %s\n", k.Name, k.Default)
		}
		if s.Name == "client.NAME" {
			b.WriteString("\n# And every key of [generate], whose value holds where a client has none.\n#reply = \"text\"\n#max_tokens = 60\n")
		}
	}
	return b.String()
}

// inherited says whether a key of a client is one of [generate] too.
func inherited(key string) bool {
	_, ok := find("generate." + key)
	return ok
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
