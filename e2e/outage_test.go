package e2e

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// The broker comes up after the daemon, and goes away and comes back.
func TestBrokerComesAndGoes(t *testing.T) {
	broker := mosquittotest.Start(t)
	broker.Stop(syscall.SIGTERM)
	serve(t, native, broker.URL())
	time.Sleep(time.Second) // the daemon finds nobody
	for round := range 2 {
		broker.Restart()
		c := dial(t, broker)
		c.waitOnline(native.slow)
		id := fmt.Sprintf("round-%d", round)
		c.publish("prompt", 1, object{"id": id, "prompt": "Say hello.", "max_tokens": 4})
		if a := c.answer("response", id, native.slow); a.Status != "ok" {
			t.Errorf("round %d: %+v", round, a)
		}
		c.paho.Disconnect(100)
		broker.Stop(syscall.SIGTERM)
	}
}

// A prompt that was accepted by the broker is answered though the daemon is
// killed over it; a clean stop says offline, and so does the broker for a killed
// one.
func TestPromptSurvivesAKill(t *testing.T) {
	broker := mosquittotest.Start(t)
	c := dial(t, broker)
	d := serve(t, native, broker.URL())
	c.waitOnline(native.slow)
	c.publish("prompt", 1, object{"id": "long", "prompt": "Tell me a long story.", "max_tokens": 200, "stream": true})
	c.until("stream", native.slow, func([]byte) bool { return true })
	d.stop(syscall.SIGKILL)
	c.until("state", 2*time.Minute, func(p []byte) bool { return string(p) == "offline" })
	if got := c.received("response"); len(got) != 0 {
		t.Fatalf("an answer before the kill: %q", got)
	}

	again := serveWith(t, native, d.config, d.state)
	if a := c.answer("response", "long", native.slow); a.Status != "ok" || a.Usage.Completion == 0 {
		t.Errorf("after the restart: %+v", a)
	}
	if code := again.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
	c.until("state", time.Minute, func() func(p []byte) bool {
		offlines := 0
		return func(p []byte) bool {
			if string(p) == "offline" {
				offlines++
			}
			return offlines == 2
		}
	}())
	if got := c.received("response"); len(got) != 1 {
		t.Errorf("%d answers, want 1: %q", len(got), got)
	}
}
