package main

import (
	"context"
	"os"
	"testing"
)

// TestMain is also the child process that tries chat templates, and the daemon
// that tests kill.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == trialName {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil))
	}
	if len(os.Args) == 2 && os.Args[1] == stubName {
		serveStub()
		return
	}
	os.Exit(m.Run())
}
