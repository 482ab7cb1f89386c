package mqtt

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Eight hours away: what waited is refused, and what is asked now is not.
func TestBacklogOfALongAbsence(t *testing.T) {
	const waiting = 100
	h := newHouse(t, nil)
	h.online()
	h.stop()
	for i := range waiting {
		h.publish("llamad/pi4/prompt/hub", 1, false, fmt.Sprintf(`{"id":"old-%d","prompt":"p"}`, i))
	}
	h.start(func(o *Options) { o.Seen = time.Now().Add(-8 * time.Hour) })
	for i := range waiting {
		m := h.ear.Next("llamad/pi4/response/hub")
		if !strings.Contains(m.Payload, `"code":"expired"`) || !strings.Contains(m.Payload, "away for 8h0m") {
			t.Fatalf("%d: %s", i, m.Payload)
		}
	}
	h.online()
	h.publish("llamad/pi4/prompt/hub", 1, false, `{"id":"new","prompt":"p"}`)
	r := h.next()
	if r.ID != "new" {
		t.Errorf("%s is let through", r.ID)
	}
	h.s.Reply(r, reply("ok"))
	if m := h.ear.Next("llamad/pi4/response/hub"); members(t, m)["id"] != "new" {
		t.Errorf("answer %s", m.Payload)
	}
	// All of it is acknowledged, and so is the marker.
	h.stop()
	h.start(nil)
	h.online()
	h.noPrompt(200 * time.Millisecond)
}

// The connection breaks while the backlog comes in: what is left of it is as old
// as before.
func TestBacklogThatBreaksOff(t *testing.T) {
	const waiting = 60 // of which a broker hands over 20 at a time
	h := newHouse(t, nil)
	h.online()
	h.stop()
	for i := range waiting {
		h.publish("llamad/pi4/prompt/hub", 1, false, fmt.Sprintf(`{"id":"old-%d","prompt":"p"}`, i))
	}
	h.start(func(o *Options) {
		o.Seen = time.Now().Add(-8 * time.Hour)
		prompt, seen := o.Prompt, 0
		o.Prompt = func(m *Message) {
			prompt(m)
			if seen++; seen == 30 { // which comes once the first were answered
				if h.s.CaughtUp() {
					t.Error("it says that nothing waits any more")
				}
				h.proxy.Cut()
			}
		}
	})
	refused := map[any]bool{}
	for len(refused) < waiting {
		m := members(t, h.ear.Next("llamad/pi4/response/hub"))
		if code := m["error"].(map[string]any)["code"]; code != string(Expired) {
			t.Errorf("%v: %v", m["id"], code)
		}
		refused[m["id"]] = true
	}
	h.eventually("nothing waits any more", h.s.CaughtUp)
	if n := h.s.counters.read().Connections; n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

// A short absence, and one of unknown length, lose nothing.
func TestBacklogOfAShortAbsence(t *testing.T) {
	for name, seen := range map[string]time.Time{"short": time.Now().Add(-time.Minute), "unknown": {}, "a clock set back": time.Now().Add(time.Hour)} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.online()
			h.stop()
			h.publish("llamad/pi4/prompt", 1, false, "hello")
			h.start(func(o *Options) { o.Seen = seen })
			h.s.Reply(h.next(), reply("ok"))
			h.ear.Next("llamad/pi4/response")
		})
	}
}

// What was asked before the network went away for long is known here, and is no
// backlog when the broker hands it over again.
func TestBacklogSparesWhatRuns(t *testing.T) {
	clock := &fakeClock{now: time.Now()}
	h := newHouse(t, func(o *Options) { o.Now = clock.Now })
	h.online()
	h.publish("llamad/pi4/prompt", 1, false, `{"id":"x","prompt":"p","deadline_s":80000}`)
	r := h.next()
	before := h.s.counters.read().Connections
	h.proxy.Cut()
	clock.advance(8 * time.Hour)
	h.eventually("it is back", func() bool { return h.s.counters.read().Connections > before && h.s.Connected() })
	h.s.Reply(r, reply("ok"))
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["status"] != "ok" {
		t.Errorf("answer %s", m.Payload)
	}
	if n := len(h.ear.On("llamad/pi4/response")); n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
}

// The marker of an earlier connection ends nothing.
func TestBacklogMarkers(t *testing.T) {
	b := newBacklog(time.Hour)
	b.heard(newBacklog(0).marker)
	b.heard(nil)
	if b.absence() != time.Hour {
		t.Error("a strange marker ended the backlog")
	}
	b.heard(b.marker)
	if b.absence() != 0 {
		t.Error("our marker did not end the backlog")
	}
}
