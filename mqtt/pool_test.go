package mqtt

import (
	"log/slog"
	"strings"
	"testing"
)

func TestGroupNames(t *testing.T) {
	for group, want := range map[string]string{"": "", "house": "", "pi4": "this node's name too", "a/b": "expected one level", "+": "expected one level", "$share": "expected one level"} {
		_, err := New(Options{
			Broker: Broker{URL: "mqtt://127.0.0.1"}, ClientID: "c", Instance: "1", Prefix: "llamad", Node: "pi4", Group: group,
			Prompt: func(*Message) {}, Cancel: func(func(*Request) bool) {}, Log: slog.New(slog.DiscardHandler),
		})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mqtt.group")) {
			t.Errorf("%q: %v, want %q", group, err, want)
		}
	}
}

// poolMember is a house in the pool house.
func poolMember(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, func(o *Options) { o.Group = "house" })
	h.online()
	h.eventually("the service is in the pool", func() bool { return strings.Contains(h.log.String(), "joined the pool") })
	return h
}

func TestPoolKeepsNoConversation(t *testing.T) {
	h := poolMember(t)
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

// Whoever may ask the pool only has no say about what its members are asked by
// name; a member's own cancel stops all that it does.
func TestPoolCancels(t *testing.T) {
	h := poolMember(t)
	h.publish("llamad/house/prompt", 1, false, `{"id":"x","prompt":"p"}`)
	pools := h.next()
	h.publish("llamad/pi4/prompt", 1, false, `{"id":"x","prompt":"p"}`)
	own := h.next()
	for _, test := range []struct {
		topic, payload string
		ofPool, ofOwn  bool
	}{
		{"llamad/house/cancel", "*", true, false},
		{"llamad/house/cancel", "x", true, false},
		{"llamad/pi4/cancel", "*", true, true},
		{"llamad/pi4/cancel", "x", true, true},
	} {
		h.publish(test.topic, 0, false, test.payload)
		if is := <-h.cancels; is(pools) != test.ofPool || is(own) != test.ofOwn {
			t.Errorf("%s %s cancels the pool's %t and its own %t", test.topic, test.payload, is(pools), is(own))
		}
	}
}
