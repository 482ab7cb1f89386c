package mqtt

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

const deviceTopic = "homeassistant/device/llamad/4711/config"

func announcing(mode Discovery) func(*Options) {
	return func(o *Options) { o.Discovery, o.Version = mode, "1.2.3" }
}

// standing is what is retained below Home Assistant's prefix, by topic.
func (h *house) announced() map[string]string {
	h.t.Helper()
	late := mosquittotest.Listen(h.t, h.broker.URL(), "homeassistant/#")
	late.Publish("homeassistant/end", 1, false, "")
	late.Next("homeassistant/end") // behind everything that is retained
	found := map[string]string{}
	for _, m := range late.On("") {
		if m.Retained {
			found[m.Topic] = m.Payload
		}
	}
	return found
}

// Each way to announce leaves nothing of the others behind. Home Assistant is asked
// to let go of them first, and they are emptied last.
func TestDiscoveryModes(t *testing.T) {
	h := newHouse(t, announcing(DiscoverDevice))
	steps := []struct {
		mode  Discovery
		wants int
		topic string
	}{
		{DiscoverDevice, 1, deviceTopic},
		{DiscoverComponents, 11, "homeassistant/notify/llamad/4711_notify/config"},
		{DiscoverDevice, 1, deviceTopic},
		{DiscoverNothing, 0, ""},
	}
	for i, step := range steps {
		before := len(h.ear.On(""))
		if i > 0 {
			h.start(announcing(step.mode))
		}
		h.online()
		got := h.announced()
		for end := time.Now().Add(patience); len(got) != step.wants && time.Now().Before(end); got = h.announced() {
			time.Sleep(50 * time.Millisecond) // the others are looked for meanwhile
		}
		if len(got) != step.wants || step.topic != "" && got[step.topic] == "" {
			t.Errorf("%s: %v", step.mode, got)
		}
		h.stop()
		if i == 0 {
			continue
		}
		var order []string
		for _, m := range h.ear.From(before) {
			switch {
			case !strings.HasPrefix(m.Topic, "homeassistant/") || !strings.HasSuffix(m.Topic, "/config"):
			case m.Payload == `{"migrate_discovery":true}`:
				order = append(order, "let go")
			case m.Payload == "":
				order = append(order, "empty")
			default:
				order = append(order, "announce")
			}
		}
		want := []string{"let go", "announce", "empty"}
		if step.mode == DiscoverNothing {
			want = []string{"empty"}
		}
		if got := slices.Compact(order); !slices.Equal(got, want) {
			t.Errorf("%s after %s: %q", step.mode, steps[i-1].mode, got)
		}
	}
}

// Home Assistant says that it is there, and hears everything again; so it does
// when the broker comes back with nothing.
func TestHomeAssistantIsBorn(t *testing.T) {
	h := newHouse(t, announcing(DiscoverDevice))
	h.s.SetInfo(Info{Status: "ready"})
	h.online()
	topics := []string{deviceTopic, "llamad/pi4/state", "llamad/pi4/info"}
	hear := func(when string) {
		t.Helper()
		for _, topic := range topics {
			if m := h.ear.Next(topic); m.Payload == "" || m.Payload == stateOffline {
				t.Errorf("%s: %s says %q", when, topic, m.Payload)
			}
		}
	}
	hear("at first")
	h.publish(birthTopic, 0, false, "online")
	hear("at its birth")
	h.publish(birthTopic, 0, false, "offline")
	h.publish(birthTopic, 0, true, "online") // retained it comes at every connection
	hear("at a birth that is retained")
	time.Sleep(100 * time.Millisecond)
	if n := len(h.ear.On(deviceTopic)); n != 3 {
		t.Errorf("announced %d times, want 3", n)
	}
	h.publish("llamad/pi4/prompt/homeassistant", 1, false, "p")
	h.s.Reply(h.next(), reply("the last answer"))
	h.ear.Next("llamad/pi4/last")

	h.broker.Stop(syscall.SIGKILL)
	os.Remove(filepath.Join(h.broker.Dir(), "mosquitto.db"))
	h.eventually("the service sees that the broker is gone", func() bool { return !h.s.Connected() })
	h.broker.Restart()
	h.online()
	late := mosquittotest.Listen(t, h.broker.URL(), "#")
	for topic, want := range map[string]string{deviceTopic: "unique_id", "llamad/pi4/state": stateOnline, "llamad/pi4/info": "ready", "llamad/pi4/last": "the last answer"} {
		if m := late.Next(topic); !strings.Contains(m.Payload, want) {
			t.Errorf("after the broker forgot everything %s says %q", topic, m.Payload)
		}
	}
}

func TestRetract(t *testing.T) {
	h := newHouse(t, announcing(DiscoverDevice))
	h.s.SetInfo(Info{Status: "ready"})
	h.online()
	h.ear.Next(deviceTopic)
	h.publish("homeassistant/device/llamad/other/config", 1, true, "not ours")
	r := Retraction{Broker{URL: h.broker.URL()}, "llamad", "pi4", "homeassistant"}
	instance, running, err := Retract(t.Context(), r)
	if err != nil || instance != "4711" || !running {
		t.Errorf("%s, running %t, %v", instance, running, err)
	}
	if got := h.announced(); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
	h.stop()
	if _, running, err := Retract(t.Context(), r); err != nil || running {
		t.Errorf("a second time: running %t, %v", running, err)
	}
	r.Node = "absent"
	var absent *AbsentError
	if _, _, err := Retract(t.Context(), r); !errors.As(err, &absent) {
		t.Errorf("of nobody: %v", err)
	}
	// An info that somebody else wrote must not choose the topics.
	h.publish("llamad/absent/info", 1, true, `{"instance":"../../+/x"}`)
	if _, _, err := Retract(t.Context(), r); err == nil || errors.As(err, &absent) {
		t.Errorf("of a stranger: %v", err)
	}
}

// Every entity has a source that is ours, and no two share an identity.
func TestEntities(t *testing.T) {
	a := announcer{"homeassistant", "4711", "1", newTree("llamad", "Küche 2"), "llamad Küche 2"}
	seen := map[string]bool{}
	for _, e := range a.entities() {
		id := e.config["default_entity_id"].(string)
		if seen[e.key] || seen[id] || !strings.HasPrefix(id, e.platform+".llamad_k_che_2_") {
			t.Errorf("%s: %s", e.key, id)
		}
		seen[e.key], seen[id] = true, true
		for key, value := range e.config {
			if !strings.HasSuffix(key, "_topic") {
				continue
			}
			kind, _, _ := strings.Cut(strings.TrimPrefix(value.(string), string(a.tree)+"/"), "/")
			if !slices.Contains([]string{topicPrompt, topicCancel, topicHealth, topicLast, topicEvent}, kind) {
				t.Errorf("%s: %s is %s", e.key, key, value)
			}
		}
	}
}

func TestDiscoveryOptions(t *testing.T) {
	for _, o := range []Options{
		{Discovery: "maybe", Instance: "1", DiscoveryPrefix: "homeassistant"},
		{Discovery: DiscoverDevice, Instance: "a/b", DiscoveryPrefix: "homeassistant"},
		{Discovery: DiscoverDevice, Instance: "a.b", DiscoveryPrefix: "homeassistant"},
		{Discovery: DiscoverDevice, Instance: "1", DiscoveryPrefix: "home/#"},
	} {
		if err := o.checkDiscovery(); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
