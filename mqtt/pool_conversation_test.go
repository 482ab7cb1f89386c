package mqtt

import (
	"strings"
	"testing"
)

func TestPoolKeepsNoConversation(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Group = "house" })
	h.online()
	h.eventually("the service is in the pool", func() bool { return strings.Contains(h.log.String(), "joined the pool") })
	const payload = `{"prompt":"p","conversation":"kitchen","reset":true}`
	h.publish("llamad/house/prompt", 1, false, payload)
	if r := h.next(); r.Conversation != "" || r.Reset || len(r.Warnings) != 1 {
		t.Errorf("in the pool: conversation %q, warnings %q", r.Conversation, r.Warnings)
	}
	h.publish("llamad/pi4/prompt", 1, false, payload)
	if r := h.next(); r.Conversation != "kitchen" || !r.Reset || len(r.Warnings) != 0 {
		t.Errorf("of its own: conversation %q, warnings %q", r.Conversation, r.Warnings)
	}
}
