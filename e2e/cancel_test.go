package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// progress is a message on a topic status.
type progress struct {
	ID, State          string
	Position, Progress int
}

func (c *client) progressOn(topic string) (list []progress) {
	c.t.Helper()
	for _, payload := range c.received(topic) {
		var p progress
		if err := json.Unmarshal(payload, &p); err != nil {
			c.t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// A long prompt says how far it is read and stops between two batches when it is
// cancelled; one that answers stops between two tokens, with its text so far. Who
// waits knows its place, and a cancel of nobody does nothing.
func TestProgressAndCancel(t *testing.T) {
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL())
	c := dial(t, broker)
	c.waitOnline(native.slow)
	long := strings.Repeat("The kitchen light is on and the heating is off. ", 170)
	c.publish("prompt/long", 1, object{"id": "long", "prompt": long, "deadline_s": 600})
	c.publish("prompt/behind", 1, object{"id": "behind", "prompt": "Say hello.", "max_tokens": 4, "deadline_s": 600})
	c.publish("cancel", 0, "nobody")
	c.until("status/long", native.slow, func(p []byte) bool {
		var at progress
		return json.Unmarshal(p, &at) == nil && at.State == "prefill" && at.Progress > 0
	})
	c.publish("cancel", 0, "long")
	if a := c.answer("response/long", "long", native.slow); a.Status != "ok" || a.Choices[0].FinishReason != "cancelled" || a.Text != "" || a.Usage.Completion != 0 || a.Usage.Prompt < 1700 {
		t.Errorf("cancelled while it was read: %+v", a)
	}
	if a := c.answer("response/behind", "behind", native.slow); a.Status != "ok" || a.Text == "" {
		t.Errorf("behind it: %+v", a)
	}
	c.until("status/behind", native.slow, func(p []byte) bool { return strings.Contains(string(p), "done") })

	all := c.progressOn("status/long")
	for i, at := range all {
		if at.ID != "long" || at.State == "generating" || at.State == "prefill" && at.Progress == 100 || i > 0 && at.Progress < all[i-1].Progress {
			t.Errorf("after %d messages it is %+v: %v", i, at, all)
		}
	}
	if all[len(all)-1].State != "done" {
		t.Errorf("it ends with %+v", all[len(all)-1])
	}
	var states []string
	for _, at := range c.progressOn("status/behind") {
		if len(states) == 0 || states[len(states)-1] != at.State {
			states = append(states, at.State)
		}
		if (at.State == "queued") != (at.Position > 0) {
			t.Errorf("%+v", at)
		}
	}
	if got := strings.Join(states, " "); got != "queued prefill generating done" {
		t.Errorf("behind it: %s", got)
	}

	c.publish("prompt/story", 1, object{"id": "story", "prompt": "Tell me a very long story.", "max_tokens": 1500, "stream": true, "deadline_s": 600})
	c.until("stream/story", native.slow, func([]byte) bool { return true })
	c.publish("cancel", 0, object{"id": "story"})
	if a := c.answer("response/story", "story", native.slow); a.Status != "ok" || a.Choices[0].FinishReason != "cancelled" || a.Text == "" || a.Usage.Completion == 0 || a.Usage.Completion == 1500 {
		t.Errorf("cancelled while it answered: %+v", a)
	}
}
