package main

import (
	"context"
	"os"
	"testing"
)

// TestMain is also the child process that tries chat templates.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == trialName {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil))
	}
	os.Exit(m.Run())
}
