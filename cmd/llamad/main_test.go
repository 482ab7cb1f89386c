package main

import (
	"context"
	"os"
	"testing"
)

// programName as the first argument makes the test's executable the program itself,
// with the arguments behind it.
const programName = "test-program"

// TestMain is also the child process that tries chat templates, the daemon that
// tests kill, and the program that they start at a terminal.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == programName {
		os.Exit(run(context.Background(), os.Args[2:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	if len(os.Args) == 2 && os.Args[1] == trialName {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil))
	}
	if len(os.Args) == 2 && os.Args[1] == stubName {
		serveStub()
		return
	}
	os.Exit(m.Run())
}
