package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// A packet of any length, kept for us with an ordinary prompt behind it, costs no
// memory and no connection: it is told that it is too large, and the prompt is
// answered. So it is again after a reconnect.
func TestSlowHugePublish(t *testing.T) {
	t.Parallel()
	size := 8 << 20
	if os.Getenv("LLAMAD_TEST_SLOW") != "" {
		size = 200 << 20
	}
	b := mosquittotest.Start(t, "max_queued_messages 0")
	client := mosquittotest.Listen(t, b.URL(), "llamad/pi4/response/#")
	state := t.TempDir()
	p := startStub(t, b.URL(), "pi4", state)
	p.online()
	client.Publish("llamad/pi4/prompt/hub", 1, false, "hello")
	client.Next("llamad/pi4/response/hub")
	before := p.heap()
	huge := strings.Repeat("x", size)
	send := func() {
		client.Post("llamad/pi4/prompt/hub", 1, huge)
		client.Post("llamad/pi4/prompt/hub", 1, "hello")
	}
	receive := func(when string) {
		t.Helper()
		peak, heard := before, len(client.On(""))
		for end := time.Now().Add(time.Minute); len(client.On("")) == heard && time.Now().Before(end); time.Sleep(time.Millisecond) {
			peak = max(peak, p.heap())
		}
		passed := time.Now()
		if m := client.Next("llamad/pi4/response/hub"); !strings.Contains(m.Payload, "too_large") {
			t.Errorf("%s: %s", when, m.Payload)
		}
		if m := client.Next("llamad/pi4/response/hub"); !strings.Contains(m.Payload, "echo hello") {
			t.Errorf("%s: %s", when, m.Payload)
		}
		if peak-before > 1<<20 {
			t.Errorf("%s: it took %d KiB", when, (peak-before)>>10)
		}
		t.Logf("%s: %d MiB passed, the prompt behind it answered after %v, anonymous memory %d KiB before and %d KiB at its peak",
			when, size>>20, time.Since(passed).Round(time.Millisecond), before>>10, peak>>10)
	}
	send()
	receive("while it runs")
	p.stop(syscall.SIGTERM)
	send()
	p = startStub(t, b.URL(), "pi4", state)
	receive("kept for it")
	if n := strings.Count(p.log.String(), "connected broker="); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}
