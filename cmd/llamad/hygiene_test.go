package main

import (
	"strings"
	"syscall"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// What people ask and are told, and what opens the broker, is nobody else's
// business: whatever happens to a prompt, none of it is in the log at any level,
// nor on the topic last unless a client allows it.
func TestNothingPrivateIsLogged(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t)
	client := mosquittotest.Listen(t, b.URL(), "llamad/#")
	client.Publish("llamad/pi4/prompt/retained", 1, true, "a retained canary")
	p := startStub(t, b.URL(), "pi4", t.TempDir(), "LLAMAD_MQTT_USERNAME=llamad", "LLAMAD_MQTT_PASSWORD=canary-password", "LLAMAD_GENERATE_SYSTEM=canary system")
	p.online()
	ask := func(topic, payload string) { client.Publish("llamad/pi4/"+topic, 1, false, payload) }
	for range 5 { // answered in peace, before anything is refused or cancelled
		ask("prompt/calm", "canary")
		client.Next("llamad/pi4/response/calm")
	}
	for _, payload := range []string{
		"canary", `{"prompt":"canary","system":"canary","stop":["canary"],"stream":true}`,
		`{"messages":[{"role":"user","content":"canary"}]}`, `{"messages":[{"role":"canary","content":"canary"}]}`,
		`{"prompt":"slow canary","plain":true,"stream":"sentence"}`,
		`{"prompt":"canary`, `{"canary":"canary","prompt":"p"}`, `{"canary":1,"canary":2}`, `{"prompt":4711081542}`, `{"messages":[{"role":"user","content":4711081542}]}`,
		`{"prompt":"p","stream":"canary"}`, `{"prompt":"p","temperature":"canary"}`,
		`{"prompt":"p","id":"a canary"}`, `{"prompt":"p","response_topic":"canary/canary"}`, `{"prompt":"p","one_of":["canary","canary"]}`,
		`{"prompt":"p","conversation":"the canary"}`, `{"prompt":"untellable canary"}`, "\xff canary", "{}canary",
		strings.Repeat("canary ", 20_000), `{"prompt":"canary","deadline_s":1,"ts":1}`,
	} {
		ask("prompt/hub", payload)
		client.Next("llamad/pi4/response/hub")
	}
	for _, payload := range []string{`{"text":"canary","status":"ok","node":"canary"}`, `{"id":"same","prompt":"slow canary"}`, `{"id":"same","prompt":"another canary"}`} {
		ask("prompt/hub", payload)
	}
	for range 30 { // more than the queue holds
		ask("prompt/hub", "slow canary")
	}
	for _, payload := range []string{"a canary", `{"id":"the canary"}`, `{"canary`, "canary"} {
		ask("cancel", payload)
	}
	ask("cancel", "*")
	ask("prompt/end", "the last canary")
	client.Next("llamad/pi4/response/end")
	if n := len(client.On("llamad/pi4/response/hub")); n < 40 {
		t.Errorf("%d replies: the prompts did not all go their ways", n)
	}
	if m := client.On("llamad/pi4/last"); len(m) != 0 {
		t.Errorf("an answer is on the topic last: %v", m)
	}
	ask("prompt/homeassistant", "canary on the wall")
	if m := client.Next("llamad/pi4/last"); !strings.Contains(m.Payload, "canary on the wall") {
		t.Errorf("last: %s", m.Payload)
	}
	b.Stop(syscall.SIGKILL)
	p.until("connection to the broker was lost")
	p.stop(syscall.SIGTERM)
	if n := strings.Count(p.log.String(), "canary") + strings.Count(p.log.String(), "4711081542"); n > 0 {
		t.Errorf("%d canaries in the log", n)
	}
	if n := strings.Count(p.log.String(), "prompt answered"); n < 5 {
		t.Errorf("%d answers in the log, so it proves nothing", n)
	}
}

func TestPromptsAreLoggedOnRequest(t *testing.T) {
	s := newSite(t, func(s *site) { s.config.Log.Prompts = true })
	s.ask("a canary")
	s.reply()
	if log := s.log.String(); !strings.Contains(log, "a canary") || !strings.Contains(log, "Hello there.") {
		t.Errorf("log.prompts = true, and the log is %s", log)
	}
}

// A password that the broker refuses shows nowhere.
func TestRefusedPasswordIsNotLogged(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t, "allow_anonymous false")
	p := startStub(t, b.URL(), "pi4", t.TempDir(), "LLAMAD_MQTT_USERNAME=llamad", "LLAMAD_MQTT_PASSWORD=canary-password")
	p.until("did not accept us")
	p.stop(syscall.SIGTERM)
	if strings.Contains(p.log.String(), "canary") {
		t.Error("the password is in the log")
	}
}
