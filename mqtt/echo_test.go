package mqtt

import (
	"strings"
	"testing"
	"time"
)

// Whatever we publish and somebody leads back to a prompt topic ends there.
func TestFeedbackLoops(t *testing.T) {
	h := newHouse(t, announcing(DiscoverNothing))
	h.s.SetInfo(Info{Status: "ready"})
	h.s.SetHealth(Health{})
	h.online()
	h.publish("llamad/pi4/prompt/homeassistant", 1, false, `{"id":"x","prompt":"p","stream":true}`)
	r := h.next()
	h.s.Status(r, Prefill, 0, 50)
	h.s.Stream(r, "an answer")
	h.s.Reply(r, reply("an answer"))
	h.publish("llamad/pi4/prompt", 1, false, `{"id":"y"}`) // an error
	h.publish("llamad/pi4/prompt/kitchen", 1, false, `{"prompt":"p","reply":"text"}`)
	h.s.Reply(h.next(), reply("the bare text of an answer"))
	echoes := 0
	for _, topic := range []string{"response/homeassistant", "response", "response/kitchen", "event", "status/homeassistant", "stream/homeassistant", "last", "info", "health"} {
		m := h.ear.Next("llamad/pi4/" + topic)
		h.publish("llamad/pi4/prompt/loop", 1, false, m.Payload)
		echoes++
	}
	// A bare text may be somebody who says the same, so it has a reply, which in turn
	// ends here too.
	m := h.ear.Next("llamad/pi4/response/loop")
	if !strings.Contains(m.Payload, `"code":"bad_request"`) || !strings.Contains(m.Payload, "just answered") {
		t.Errorf("%s", m.Payload)
	}
	h.publish("llamad/pi4/prompt/loop", 1, false, m.Payload)
	echoes++
	h.eventually("all of it is dropped", func() bool { return int(h.s.counters.read().Echoes) == echoes })
	h.noPrompt(50 * time.Millisecond)
	if list := h.ear.On("llamad/pi4/response/loop"); len(list) != 1 {
		t.Errorf("answered: %v", list)
	}
	if strings.Count(h.log.String(), "came back as a prompt") != 1 {
		t.Errorf("the log: %s", h.log)
	}
	// It was acknowledged: it does not come again.
	h.stop()
	h.start(nil)
	h.online()
	h.noPrompt(100 * time.Millisecond)
	if n := h.s.counters.read(); n.Echoes != 0 {
		t.Errorf("%+v", n)
	}
}

func TestNoEcho(t *testing.T) {
	for _, payload := range []string{"", " ", "hello", "{", `{"status":"ok"}`, `{"prompt":"p","status":"ok","node":"pi4"}`, `{"messages":[],"seq":1,"done":true}`} {
		if isPublished([]byte(payload)) {
			t.Errorf("%q is taken for something of ours", payload)
		}
	}
	clock := &fakeClock{now: received}
	l := ledger{now: clock.Now}
	if l.said(nil) {
		t.Error("nothing was said")
	}
	l.answered = append(l.answered, &entry{answer: &outgoing{payload: []byte("yes")}, since: clock.Now()})
	clock.advance(echoWindow - time.Second)
	if !l.said([]byte("yes\n")) || l.said([]byte("no")) {
		t.Error("an answer is not known when it comes back")
	}
	clock.advance(time.Second)
	if l.said([]byte("yes")) {
		t.Error("nobody may ask what was once answered")
	}
}
