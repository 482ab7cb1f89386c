//go:build hubs

package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"llamad/mqtt/mosquittotest"
)

// The entities of the node "test" as Home Assistant names them.
const (
	promptNotify = "notify.llamad_test_prompt"
	promptText   = "text.llamad_test_prompt"
	lastAnswer   = "sensor.llamad_test_last_answer"
	answerEvent  = "event.llamad_test_answer"
	busy         = "binary_sensor.llamad_test_busy"
	cancelButton = "button.llamad_test_cancel"
	temperature  = "sensor.llamad_test_temperature"
	throttled    = "binary_sensor.llamad_test_throttled"
)

// hubEntities are those of the device; true ones are disabled by default.
var hubEntities = map[string]bool{
	promptNotify: false, promptText: false, lastAnswer: false, answerEvent: false, busy: false, cancelButton: false,
	"sensor.llamad_test_speed": false, "sensor.llamad_test_queue": false, "sensor.llamad_test_memory": false,
	temperature: true, throttled: true,
}

// registered are the entities of llamad that Home Assistant has, with who disabled
// them.
func (h *homeAssistant) registered() map[string]string {
	h.t.Helper()
	var list []struct {
		Entity   string `json:"entity_id"`
		Unique   string `json:"unique_id"`
		Disabled string `json:"disabled_by"`
	}
	h.ask(object{"type": "config/entity_registry/list"}, &list)
	found := map[string]string{}
	for _, e := range list {
		if strings.HasPrefix(e.Unique, "llamad_") {
			found[e.Entity] = e.Disabled
		}
	}
	return found
}

// devices are the names of llamad's devices.
func (h *homeAssistant) devices() (names []string) {
	h.t.Helper()
	var list []struct{ Name, Manufacturer string }
	h.ask(object{"type": "config/device_registry/list"}, &list)
	for _, d := range list {
		if d.Manufacturer == "llamad" {
			names = append(names, d.Name)
		}
	}
	return names
}

// untilAvailable waits until all entities that are not disabled are available, or
// none is.
func (h *homeAssistant) untilAvailable(want bool) {
	h.t.Helper()
	what := map[bool]string{true: "is available", false: "is unavailable"}[want]
	for entity, disabled := range hubEntities {
		if disabled {
			continue
		}
		h.untilState(entity, what, func(s hubState) bool {
			return s.Entity != "" && (s.State != "unavailable") == want
		})
	}
}

// untilEvent waits for another event than before, whose state was another time.
func (h *homeAssistant) untilEvent(before hubState, want string) hubState {
	h.t.Helper()
	return h.untilState(answerEvent, "tells of "+want, func(s hubState) bool {
		return s.State != before.State && s.Attributes["event_type"] == want
	})
}

// A real Home Assistant shows the device with every entity, without a line of its
// configuration, and each of them works.
func TestHubHomeAssistantDevice(t *testing.T) {
	t.Parallel()
	broker := mosquittotest.Start(t)
	d := serve(t, native, broker.URL(), "[client.homeassistant]", "max_tokens = 100")
	c := dial(t, broker)
	h := startHomeAssistant(t, broker)
	c.waitOnline(native.slow)
	h.untilAvailable(true)

	got := h.registered()
	for entity, disabled := range hubEntities {
		by, there := got[entity]
		if !there || (by == "integration") != disabled {
			t.Errorf("%s: is there: %t, disabled by %q", entity, there, by)
		}
	}
	if names := h.devices(); len(got) != len(hubEntities) || len(names) != 1 || names[0] != "llamad test" {
		t.Errorf("the devices %q have %v", names, got)
	}

	// A message is a prompt, and its answer shows: its beginning as the state, all
	// of it beside.
	before := h.state(answerEvent)
	h.perform("notify.send_message", promptNotify, object{"message": "Tell me a long story about a lighthouse keeper and the sea."})
	event := h.untilEvent(before, "completed")
	if event.Attributes["client"] != "homeassistant" {
		t.Errorf("the event: %v", event.Attributes)
	}
	id := event.Attributes["id"].(string)
	last := h.untilState(lastAnswer, "is that to the message", func(s hubState) bool { return s.Attributes["id"] == id })
	a := c.answer("response/homeassistant", id, native.slow)
	if text := last.Attributes["text"]; text != a.Text || utf8.RuneCountInString(a.Text) <= 250 {
		t.Errorf("the attribute is %q, the answer %q", text, a.Text)
	}
	if short := last.State; short != last.Attributes["short"] || utf8.RuneCountInString(short) > 250 || utf8.RuneCountInString(short) < 200 {
		t.Errorf("the state is %q", short)
	}
	h.until(busy+" has been on and is off", func() bool {
		return h.states[busy].State == "off" && slices.ContainsFunc(h.were(busy), func(s hubState) bool { return s.State == "on" })
	})

	// So is a text.
	h.perform("text.set_value", promptText, object{"value": "Say hello."})
	second := h.untilEvent(event, "completed")
	h.untilState(lastAnswer, "is that to the text", func(s hubState) bool { return s.Attributes["id"] == second.Attributes["id"] })
	h.untilState(promptText, "shows what was asked", func(s hubState) bool { return s.State == "Say hello." })

	// The button ends what runs, and what waits: more than can be done meanwhile.
	for range 4 {
		h.perform("notify.send_message", promptNotify, object{"message": "Continue: " + strings.Repeat("The sea was calm. ", 200)})
	}
	h.untilState(busy, "is on", func(s hubState) bool { return s.State == "on" })
	h.perform("button.press", cancelButton, nil)
	h.until("four prompts are cancelled", func() bool {
		cancelled := map[any]bool{}
		for _, s := range h.were(answerEvent) {
			if s.Attributes["event_type"] == "cancelled" {
				cancelled[s.Attributes["id"]] = true
			}
		}
		return len(cancelled) == 4
	})
	h.untilState(busy, "is off", func(s hubState) bool { return s.State == "off" })

	// A killed daemon is missed at once, and back with its last answer.
	d.stop(syscall.SIGKILL)
	h.untilAvailable(false)
	again := serveWith(t, native, d.config, d.state)
	h.untilAvailable(true)
	h.untilState(lastAnswer, "is there again", func(s hubState) bool { return s.Attributes["text"] != nil })

	// What is disabled works once it is enabled: here is no sensor, so nothing is
	// known, which is not the same as an error.
	var entries []struct {
		ID string `json:"entry_id"`
	}
	h.ask(object{"type": "config_entries/get", "domain": "mqtt"}, &entries)
	for _, entity := range []string{temperature, throttled} {
		h.ask(object{"type": "config/entity_registry/update", "entity_id": entity, "disabled_by": nil}, nil)
	}
	h.post("/api/config/config_entries/entry/"+entries[0].ID+"/reload", nil, &json.RawMessage{})
	h.untilAvailable(true)
	for _, entity := range []string{temperature, throttled} {
		h.untilState(entity, "shows something", func(s hubState) bool { return s.State != "" && s.State != "unavailable" })
	}

	// All stay what their user made of them when they are announced in another way.
	for _, mode := range []string{"component", "device"} {
		again.stop(syscall.SIGTERM)
		h.untilAvailable(false)
		announcedBy(t, d.config, mode)
		again = serveWith(t, native, d.config, d.state)
		settled(t, broker.URL(), map[string]int{"device": 1, "component": 11}[mode])
		h.untilAvailable(true)
		got := h.registered()
		if len(got) != len(hubEntities) || got[temperature]+got[throttled] != "" {
			t.Errorf("announced by %s there are %v", mode, got)
		}
	}

	again.stop(syscall.SIGTERM)
	h.untilAvailable(false)
	if r := native.run(t, "", "ha-remove", "--config", d.config); r.code != 0 {
		t.Errorf("ha-remove: %+v", r)
	}
	for entity := range hubEntities {
		h.untilState(entity, "is gone", func(s hubState) bool { return s.Entity == "" })
	}
	if got, names := h.registered(), h.devices(); len(got)+len(names) > 0 {
		t.Errorf("ha-remove leaves %q with %v", names, got)
	}
}

// announcedBy sets the way of announcing in a configuration.
func announcedBy(t *testing.T, path, mode string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		text = regexp.MustCompile(`(?m)^\[mqtt\]\n(discovery.*\n)?`).ReplaceAll(text, []byte("[mqtt]\ndiscovery = \""+mode+"\"\n"))
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
