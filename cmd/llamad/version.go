package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker when a release is built: -X main.version=1.2.3.
var version = "devel"

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  llamad version",
		Args:    arguments(nil),
		RunE: a.do(func(context.Context, []string) error {
			_, err := fmt.Fprintf(a.stdout, "llamad %s%s %s/%s %s\n", version, commit(), runtime.GOOS, runtime.GOARCH, runtime.Version())
			return err
		}),
	}
}

// commit is " (1a2b3c4d5e6f)" where the build knows it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return " (" + s.Value[:12] + ")"
		}
	}
	return ""
}
