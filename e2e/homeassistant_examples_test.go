//go:build hubs

package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// Every example for Home Assistant does in a real one what it says.
func TestHubHomeAssistantExamples(t *testing.T) {
	t.Parallel()
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL())
	c := dial(t, broker)
	c.waitOnline(native.slow)
	h := startHomeAssistant(t, broker)
	h.untilAvailable(true)

	// This one waits for its half minute while the others run.
	nobody := h.script("ask_nobody", object{"prompt": "Is anybody there?", "deadline_s": 1})
	testAskLlamad(h)
	testMorningBriefing(h, c)
	testSentenceToAction(h, c)
	testSummaryOfTheDay(h, c)
	testSpokenAnswer(h, c)
	if a := nobody(); a.Status != "error" || a.Text != "" || a.Error.Code != "timeout" || a.Error.Message == "" {
		t.Errorf("nobody answers %+v", a)
	}
}

// script begins a run of a script; what it gives back waits for its answer.
func (h *homeAssistant) script(name string, data object) func() answer {
	h.t.Helper()
	command := action("script."+name, "", data)
	command["return_response"] = true
	var result struct{ Response answer }
	done := make(chan error, 1)
	go func() {
		reply, err := h.try(command)
		if err == nil {
			err = json.Unmarshal(reply, &result)
		}
		done <- err
	}()
	return func() answer {
		h.t.Helper()
		if err := <-done; err != nil {
			h.t.Fatalf("script.%s: %v", name, err)
		}
		return result.Response
	}
}

// The first call comes while Home Assistant still gathers subscriptions for half a
// second, and is refused within milliseconds.
func testAskLlamad(h *homeAssistant) {
	h.t.Helper()
	if a := h.script("ask_llamad", object{"prompt": ""})(); a.Status != "error" || a.Text != "" || a.Error.Code != "bad_request" || a.Error.Message == "" {
		h.t.Errorf("no prompt is answered with %+v", a)
	}
	one := h.script("ask_llamad", object{"prompt": "Say hello.", "max_tokens": 12, "system": "You are a parrot."})
	other := h.script("ask_llamad", object{"prompt": "Is snow white?", "one_of": []string{"yes", "no"}, "plain": true})
	first, second := one(), other()
	if first.Status != "ok" || first.Text == "" || first.Scores != nil || first.Warnings != nil {
		h.t.Errorf("a prompt is answered with %+v", first)
	}
	if second.Status != "ok" || len(second.Scores) != 2 || second.Text != "yes" && second.Text != "no" || second.Warnings != nil {
		h.t.Errorf("a choice is answered with %+v", second)
	}
}

// asking does something that makes Home Assistant ask, and gives its prompt and the
// answer.
func (c *client) asking(do func()) (prompt object, a answer) {
	c.t.Helper()
	const topic = "prompt/ask_llamad"
	before := len(c.received(topic))
	do()
	n := 0
	c.until(topic, native.slow, func(payload []byte) bool {
		n++
		if err := json.Unmarshal(payload, &prompt); err != nil {
			c.t.Fatalf("%v: %s", err, payload)
		}
		return n > before
	})
	a = c.answer("response/ask_llamad", prompt["id"].(string), native.slow)
	if a.Status != "ok" || a.Text == "" || a.Warnings != nil {
		c.t.Errorf("%v is answered with %+v", prompt, a)
	}
	return prompt, a
}

// notified checks that a notification shows a text.
func (h *homeAssistant) notified(title, text string) {
	h.t.Helper()
	var list []struct{ Title, Message string }
	h.ask(object{"type": "persistent_notification/get"}, &list)
	for _, n := range list {
		if n.Title == title && n.Message == strings.TrimSpace(text) && n.Message != "" {
			return
		}
	}
	h.t.Errorf("no notification %q shows %q: %q", title, text, list)
}

func testMorningBriefing(h *homeAssistant, c *client) {
	h.t.Helper()
	prompt, a := c.asking(func() { h.perform("automation.trigger", "automation.morning_briefing", nil) })
	// Every sensor is told with its unit, and one without a value is left out.
	_, told, _ := strings.Cut(prompt["prompt"].(string), "\n")
	if want := `Outdoor temperature: 3.5 °C
Outdoor humidity: 81 %
Rain today: 4.2 mm
Living room temperature: 19.5 °C
Bedroom CO2: 640 ppm
Power consumption: 312 W
Solar forecast today: 2.1 kWh
Garage door: Open
Next waste collection: paper, tomorrow`; told != want {
		h.t.Errorf("the briefing is of %q", told)
	}
	h.notified("Good morning", a.Text)
}

func testSentenceToAction(h *homeAssistant, c *client) {
	h.t.Helper()
	const automation = "automation.sentence_to_action"
	for _, step := range []struct {
		sentence  string
		light     string
		heating   float64
		performed int // actions so far
	}{
		{"Turn the light on", "on", 20, 1},
		{"Turn the light off", "off", 20, 2},
		{"It should be warmer.", "off", 21, 3},
		{"Do nothing", "off", 21, 3},
		{"Switch on the lamp.", "off", 21, 3}, // SmolLM2 is not sure
	} {
		before := h.state(automation)
		_, a := c.asking(func() { h.perform("input_text.set_value", "input_text.sentence", object{"value": step.sentence}) })
		h.untilState(automation, "has done what it does", func(s hubState) bool {
			return s.Attributes["last_triggered"] != before.Attributes["last_triggered"] && s.Attributes["current"] == 0.0
		})
		performed := 0
		h.until("the house is as asked: "+step.sentence, func() bool {
			performed = 0
			for _, call := range h.happened("call_service") {
				if call["domain"] == "light" || call["domain"] == "climate" {
					performed++
				}
			}
			return performed >= step.performed && h.states["light.living_room"].State == step.light &&
				h.states["climate.living_room"].Attributes["temperature"] == step.heating
		})
		if performed != step.performed {
			h.t.Errorf("%s: %d actions, want %d; the answer is %+v", step.sentence, performed, step.performed, a)
		}
	}
}

func testSummaryOfTheDay(h *homeAssistant, c *client) {
	h.t.Helper()
	h.perform("input_boolean.turn_on", "input_boolean.door", nil)
	h.untilState("binary_sensor.front_door", "is open", func(s hubState) bool { return s.State == "on" })
	prompt, a := c.asking(func() { h.perform("automation.trigger", "automation.summary_of_the_day", nil) })
	if told := prompt["prompt"].(string); !regexp.MustCompile(`^\d\d:\d\d Front door: Open$`).MatchString(told) {
		h.t.Errorf("the summary is of %q", told)
	}
	h.notified("Today", a.Text)
}

func testSpokenAnswer(h *homeAssistant, c *client) {
	h.t.Helper()
	prompt, a := c.asking(func() { h.perform("input_button.press", "input_button.ask", nil) })
	if told := prompt["prompt"].(string); !strings.Contains(told, "3.5 °C") || prompt["plain"] != true {
		h.t.Errorf("the loudspeaker asks: %v", prompt)
	}
	var spoken []object
	h.until("a word from the loudspeaker", func() bool {
		spoken = h.happened("spoken")
		return len(spoken) > 0
	})
	if spoken[0]["text"] != strings.TrimSpace(a.Text) {
		h.t.Errorf("%q is said instead of %q", spoken[0]["text"], a.Text)
	}
}
