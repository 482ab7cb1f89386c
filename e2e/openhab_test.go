//go:build openhab

package e2e

import (
	"encoding/json"
	"strconv"
	"syscall"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// The examples are a configuration of openHAB: the thing follows the daemon, a
// command is a prompt, answers, errors and figures are states of items, and the
// rules run.
func TestOpenHAB(t *testing.T) {
	const thing = "things/mqtt:topic:home:llamad/statuschanged"
	broker := mosquittotest.Start(t)
	c := dial(t, broker)
	h := startOpenHAB(t, broker)
	online := h.next(thing)
	d := serve(t, native, broker.URL())
	online(status("ONLINE"))

	is := func(want string) func(string) bool { return func(s string) bool { return s == want } }
	answers := 0
	// answered waits for the next answer that is published to openHAB.
	answered := func() (a answer) {
		t.Helper()
		answers++
		nth := 0
		c.until("response/openhab", native.slow, func(p []byte) bool {
			nth++
			a = answer{}
			return nth == answers && json.Unmarshal(p, &a) == nil
		})
		return a
	}

	// A text is a prompt. Its answer is shown, and spoken.
	text, spoken := h.next("items/Llamad_Answer/state"), h.next("rules/llamad-2/state")
	busy, free, speed := h.next("items/Llamad_Busy/statechanged"), h.next("items/Llamad_Busy/statechanged"), h.next("items/Llamad_Speed/statechanged")
	h.command("Llamad_Prompt", "What is the capital of France?")
	busy(state(is("ON")))
	a := answered()
	if a.Status != "ok" || a.Text == "" || a.Warnings != nil {
		t.Fatalf("the prompt is answered with %+v", a)
	}
	text(state(is(a.Text)))
	spoken(status("RUNNING"))
	free(state(is("OFF")))
	speed(state(func(s string) bool { n, err := strconv.ParseFloat(s, 64); return err == nil && n > 0 }))

	// A refusal is an error, not an answer.
	refused := h.next("items/Llamad_Error/state")
	h.command("Llamad_Prompt", `{"prompt":"What is the capital of France?","max_tokens":"many"}`)
	if a = answered(); a.Status != "error" || a.Error.Message == "" {
		t.Fatalf("the bad request is answered with %+v", a)
	}
	refused(state(is(a.Error.Message)))

	// The next answer clears the error. The same answer again is spoken again.
	for range 2 {
		text, cleared, spoken := h.next("items/Llamad_Answer/state"), h.next("items/Llamad_Error/state"), h.next("rules/llamad-2/state")
		h.command("Llamad_Prompt", `{"prompt":"What is the capital of France?","temperature":0,"max_tokens":16}`)
		if a = answered(); a.Status != "ok" || a.Text == "" {
			t.Fatalf("the JSON request is answered with %+v", a)
		}
		text(state(is(a.Text)))
		cleared(state(is("")))
		spoken(status("IDLE"))
	}

	// What runs can be cancelled.
	busy = h.next("items/Llamad_Busy/statechanged")
	h.command("Llamad_Prompt", `{"messages":[{"role":"user","content":"Tell a very long story."}],"temperature":0,"max_tokens":1500}`)
	busy(state(is("ON")))
	h.command("Llamad_Cancel", "*")
	if a = answered(); a.Status != "ok" || a.Choices[0].FinishReason != "cancelled" {
		t.Errorf("the cancelled prompt is answered with %+v", a)
	}

	// The morning briefing reads the house.
	h.command("Outdoor_Temperature", "7")
	asked, text := h.next("items/Llamad_Prompt/command"), h.next("items/Llamad_Answer/state")
	h.command("Test_Morning", "ON")
	asked(state(is("Outside it is 7. What should I wear? Answer in two short sentences.")))
	if a = answered(); a.Status != "ok" {
		t.Errorf("the briefing is answered with %+v", a)
	}
	text(state(is(a.Text)))

	offline := h.next(thing)
	d.stop(syscall.SIGTERM)
	offline(status("OFFLINE"))
}
