//go:build hubs

package e2e

import (
	"encoding/json"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// Whoever restarts, broker or Home Assistant, finds all that stood there before,
// and the next prompt is answered.
func TestHubHomeAssistantRestarts(t *testing.T) {
	t.Parallel()
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL(), "[client.homeassistant]", "max_tokens = 8")
	h := startHomeAssistant(t, broker)
	h.untilAvailable(true)
	last := h.answered("Say hello.")

	stopBroker := func(signal syscall.Signal) {
		broker.Stop(signal)
		h.untilAvailable(false)
		broker.Restart()
	}
	for _, restart := range []struct {
		of string
		do func()
	}{
		{"a broker that keeps its state", func() { stopBroker(syscall.SIGTERM) }},
		{"a broker that has lost its state", func() { stopBroker(syscall.SIGKILL) }},
		// It asks for announcements with its birth message.
		{"Home Assistant, and the announcements are lost", func() {
			h.stop(syscall.SIGTERM)
			c := mosquittotest.Listen(t, broker.URL(), "homeassistant/status")
			for _, m := range retainedBelow(t, broker, "homeassistant") {
				c.Publish(m.Topic, 1, true, "")
			}
			h.start()
		}},
	} {
		restart.do()
		h.untilAvailable(true)
		id := last.Attributes["id"]
		h.untilState(lastAnswer, "is that of before the restart of "+restart.of, func(s hubState) bool {
			return s.Attributes["id"] == id && s.State == last.State
		})
		standing(t, broker, restart.of, id)
		last = h.answered("Say hello after the restart of " + restart.of + ".")
	}
}

// answered sends a message and waits for its answer to show.
func (h *homeAssistant) answered(message string) hubState {
	h.t.Helper()
	before := h.state(answerEvent)
	h.perform("notify.send_message", promptNotify, object{"message": message})
	id := h.untilEvent(before, "completed").Attributes["id"]
	return h.untilState(lastAnswer, "is that to: "+message, func(s hubState) bool { return s.Attributes["id"] == id })
}

// standing waits until everything retained is there, for somebody who comes now.
func standing(t *testing.T, broker *mosquittotest.Broker, after string, id any) {
	t.Helper()
	for end := time.Now().Add(native.slow); ; time.Sleep(100 * time.Millisecond) {
		retained := map[string]string{}
		for _, m := range retainedBelow(t, broker, "llamad/test") {
			retained[m.Topic[len(base):]] = m.Payload
		}
		var info struct{ Status string }
		var last struct{ ID string }
		_ = json.Unmarshal([]byte(retained["info"]), &info)
		_ = json.Unmarshal([]byte(retained["last"]), &last)
		announced := retainedBelow(t, broker, "homeassistant")
		if retained["state"] == "online" && info.Status == "ready" && last.ID == id && len(announced) == 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after the restart of %s there are %v and %v", after, retained, announced)
		}
	}
}
