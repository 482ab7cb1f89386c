//go:build !docs

// Command llamad answers prompts from MQTT topics with a language model that
// runs on the CPU of a Raspberry Pi. See llamad --help.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
