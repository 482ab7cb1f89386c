package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"llamad/config"
	"llamad/mqtt/mosquittotest"
	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
	"llamad/systemd"
)

// stubName makes the test's binary a daemon: the real one but for its engine,
// which answers at once. So a test may kill it.
const stubName = "stub-daemon"

// stubEngine echoes. A prompt may hold a word that it obeys: "poison" kills the
// process, and each "slow" takes a fifth of a second.
type stubEngine struct {
	fakeEngine
	text string // of the prompt in work
}

func (e *stubEngine) Encode(p llm.Prompt) ([]tokenizer.ID, error) {
	e.text = p.Text
	return e.fakeEngine.Encode(p)
}

func (e *stubEngine) answer(ctx context.Context, s *fakeSession, yield func(string, error) bool) {
	switch {
	case strings.Contains(e.text, "poison"):
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case strings.Contains(e.text, "slow"):
		select {
		case <-time.After(time.Duration(strings.Count(e.text, "slow")) * 200 * time.Millisecond):
		case <-ctx.Done():
			s.result.FinishReason = llm.FinishCancelled
		}
	}
	yield("echo "+e.text, nil)
}

// serveStub is the child process; the environment is its configuration.
func serveStub() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := func() error {
		c, _, err := config.Environment(os.Environ())
		if err != nil {
			return err
		}
		e := &stubEngine{}
		e.speak = e.answer
		d, err := newDaemon(daemonOptions{
			config: c, log: systemd.NewLogger(os.Stderr, levelOf(c)), stateDir: stateDirectory(os.Environ()), root: fstest.MapFS{},
			open: func(context.Context, string, llm.Options) (engine, error) { return e, nil },
		})
		if err != nil {
			return err
		}
		return d.run(ctx)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// stub is such a process.
type stub struct {
	t    testing.TB
	node string
	cmd  *exec.Cmd
	log  *mosquittotest.Log
}

// startStub starts one. Variables are added to its environment.
func startStub(t testing.TB, broker, node, state string, variables ...string) *stub {
	t.Helper()
	model := filepath.Join(state, "stub.gguf")
	if err := os.WriteFile(model, []byte("GGUF"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := &stub{t: t, node: node, log: &mosquittotest.Log{}}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(self, stubName)
	p.cmd.Env = append([]string{"STATE_DIRECTORY=" + state, "LLAMAD_MQTT_BROKER=" + broker, "LLAMAD_MQTT_NODE=" + node, "LLAMAD_MODEL_PATH=" + model, "LLAMAD_LOG_LEVEL=debug"}, variables...)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.stop(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("the daemon %s said:\n%s", node, p.log)
		}
	})
	return p
}

// online waits until the daemon is.
func (p *stub) online() { p.t.Helper(); p.until("connected broker=") }

// until waits until the daemon logged something.
func (p *stub) until(logged string) {
	p.t.Helper()
	for end := time.Now().Add(patience); !strings.Contains(p.log.String(), logged); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("%s has not logged %q", p.node, logged)
		}
	}
}

// wait waits for its end.
func (p *stub) wait() { _ = p.cmd.Wait() }

// stop ends the process, once.
func (p *stub) stop(signal os.Signal) {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Signal(signal)
		p.wait()
	}
}
