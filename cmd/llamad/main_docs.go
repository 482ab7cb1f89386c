//go:build docs

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"llamad/config"
	"llamad/packaging/man"
)

// Built with the tag docs, the program prints a page of its manual in Markdown
// instead of doing its work: go run -tags docs ./cmd/llamad llamad.8. The date is
// that of SOURCE_DATE_EPOCH.
func main() {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil || len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: SOURCE_DATE_EPOCH=seconds llamad llamad.8|llamad.toml.5")
		os.Exit(exitUsage)
	}
	edition := man.Edition{Version: version, Date: time.Unix(seconds, 0)}
	switch os.Args[1] {
	case "llamad.8":
		fmt.Print(man.Program((&app{}).rootCommand(), edition))
	case "llamad.toml.5":
		fmt.Print(man.Settings(config.Sections(), edition))
	default:
		fmt.Fprintln(os.Stderr, "there is no page "+os.Args[1])
		os.Exit(exitUsage)
	}
}
