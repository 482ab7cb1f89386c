package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/mqtt"
	"llamad/mqtt/mosquittotest"
	"llamad/systemd"
)

// A prompt that kills us is refused on its third delivery, whatever ran in
// between, and is heard again after that.
func TestPoisonousPrompt(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t)
	client := mosquittotest.Listen(t, b.URL(), "llamad/#")
	state := t.TempDir()
	client.Publish("llamad/pi4/marker", 1, false, "nobody's") // is no trouble
	for life := range maxDeaths {
		p := startStub(t, b.URL(), "pi4", state)
		if life == 0 { // later the broker hands it over by itself, at once
			p.online()
			client.Publish("llamad/pi4/prompt", 1, false, `{"id":"poison","prompt":"poison canary"}`)
			client.Publish("llamad/pi4/prompt/other", 1, false, "hello")
		}
		p.wait()
		page, err := os.ReadFile(sessionFile(t, state, "running"))
		if err != nil || strings.Contains(string(page), "canary") || !strings.Contains(string(page), `"running":"`) {
			t.Errorf("the journal is %q, %v", page, err)
		}
	}
	p := startStub(t, b.URL(), "pi4", state)
	if m := client.Next("llamad/pi4/response"); !strings.Contains(m.Payload, `"code":"internal"`) || !strings.Contains(m.Payload, "died 2 times") {
		t.Errorf("the third delivery: %s", m.Payload)
	}
	p.online()
	client.Publish("llamad/pi4/prompt/last", 1, false, "hello")
	if m := client.Next("llamad/pi4/response/last"); !strings.Contains(m.Payload, `"text":"echo hello"`) {
		t.Errorf("the next prompt: %s", m.Payload)
	}
}

// sessionFile is what the daemon pi4 keeps in a state directory.
func sessionFile(t *testing.T, state, what string) string {
	t.Helper()
	id, err := loadIdentity(state, "pi4")
	if err != nil {
		t.Fatal(err)
	}
	return id.file(state, what)
}

// journalOf is a journal with requests as the daemon knows them.
func journalOf(t *testing.T, path string) (*journal, *mosquittotest.Log) {
	log := &mosquittotest.Log{}
	j := openJournal(path, systemd.NewLogger(log, slog.LevelInfo))
	t.Cleanup(func() { j.file.Close() })
	return j, log
}

func TestJournal(t *testing.T) {
	requests := make(chan *mqtt.Request, 8)
	s := newSite(t, func(s *site) {
		s.engine.speak = func(_ context.Context, _ *fakeSession, yield func(string, error) bool) {
			requests <- s.d.running.req
			yield("ok", nil)
		}
	})
	request := func(qos byte, payload string) *mqtt.Request {
		s.publish("prompt", qos, payload)
		return <-requests
	}
	bad, good, unkept := request(1, "bad"), request(1, "good"), request(0, "unkept")
	path := filepath.Join(t.TempDir(), "running")

	for range maxDeaths {
		j, _ := journalOf(t, path)
		for _, r := range []*mqtt.Request{good, unkept} { // what ends well is forgotten
			if err := j.begin(r); err != nil {
				t.Fatal(err)
			}
			j.end()
		}
		if err := j.begin(bad); err != nil {
			t.Fatal(err)
		}
		// and we die
	}
	j, log := journalOf(t, path)
	if err := j.begin(good); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "times=2") {
		t.Errorf("log: %s", log)
	}
	// We die of the good one too, once, and the bad one is not forgotten over it.
	j, _ = journalOf(t, path)
	if err := j.begin(bad); err == nil {
		t.Error("the prompt we died of twice is tried again")
	}
	if err := j.begin(good); err != nil {
		t.Error(err)
	}
	j.close() // in order
	j, log = journalOf(t, path)
	if log.String() != "" || len(j.page.Deaths) != 1 || j.page.Deaths[0].Times != 1 {
		t.Errorf("after a stop in order: %+v, log %s", j.page, log)
	}
}

func TestJournalDamaged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "running")
	for _, page := range []string{
		`{"running":"0123`,
		`{"running":"` + strings.Repeat("<", 1000) + `"}`, // which would be 6000 bytes, written again
		`{"running":"` + strings.Repeat("a", journalBytes-20) + `"}`,
		`{"deaths":[` + strings.Repeat(`{},`, maxSuspects) + `{}]}`,
	} {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, log := journalOf(t, path); !strings.Contains(log.String(), "damaged") {
			t.Errorf("%s: log: %s", page, log)
		}
		if _, log := journalOf(t, path); log.String() != "" {
			t.Errorf("%s: log of the next start: %s", page, log)
		}
	}
	log := &mosquittotest.Log{}
	j := openJournal(filepath.Join(dir, "absent", "running"), systemd.NewLogger(log, slog.LevelInfo))
	if !strings.Contains(log.String(), "tried again") {
		t.Errorf("log: %s", log)
	}
	j.end()
	j.close()
}
