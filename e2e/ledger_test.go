package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// The real engine, killed over and over: every prompt that the broker took is
// answered.
func TestSlowKillsOfTheRealEngine(t *testing.T) {
	prompts, kills := 12, 1
	if os.Getenv("LLAMAD_TEST_SLOW") != "" {
		prompts, kills = 200, 5
	}
	broker := mosquittotest.Start(t)
	c := dial(t, broker)
	d := serve(t, native, broker.URL())
	c.waitOnline(native.slow)
	answers := map[string]int{}
	seen, again := 0, 0
	read := func() {
		all := c.received("response/hub")
		for ; seen < len(all); seen++ {
			var a answer
			if err := json.Unmarshal(all[seen], &a); err != nil || a.Status != "ok" {
				t.Errorf("%s", all[seen])
			}
			if answers[a.ID]++; answers[a.ID] > 1 && !a.Replayed {
				again++
			}
		}
	}
	wait := func(open, asked int) {
		t.Helper()
		for end := time.Now().Add(native.slow); asked-len(answers) > open; time.Sleep(2 * time.Millisecond) {
			if read(); time.Now().After(end) {
				t.Fatalf("%d of %d prompts answered", len(answers), asked)
			}
		}
	}
	began := time.Now()
	for i := range prompts {
		c.publish("prompt/hub", 1, object{"id": fmt.Sprintf("p%d", i), "prompt": "Say hello.", "max_tokens": 8})
		wait(4, i+1)
		if i%(prompts/kills) == prompts/kills/2 {
			d.stop(syscall.SIGKILL)
			d = serveWith(t, native, d.config, d.state)
		}
	}
	wait(0, prompts)
	time.Sleep(500 * time.Millisecond)
	read()
	t.Logf("%d prompts in %v over %d kills: %d answered, %d of them twice", prompts, time.Since(began).Round(time.Second), kills, len(answers), again)
	if len(answers) != prompts || again > kills {
		t.Errorf("%d of %d prompts answered, %d twice", len(answers), prompts, again)
	}
}
