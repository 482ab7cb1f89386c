package main

import (
	"slices"
	"strings"
	"testing"

	"llamad/config"
)

// A field that is new in requests gets its flag, or a reason here why not.
func TestEveryFieldOfARequestIsAFlag(t *testing.T) {
	elsewhere := []string{"stream", "reply"} // run shows each piece at once, and --json is the whole object
	run := commands(t)["llamad run"]
	for _, k := range config.RequestKeys() {
		flag := run.Flags().Lookup(strings.ReplaceAll(k.Name, "_", "-"))
		if (flag == nil) != slices.Contains(elsewhere, k.Name) {
			t.Errorf("the field %s: flag %v", k.Name, flag)
		}
	}
}
