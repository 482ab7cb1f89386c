package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt"
	"llamad/mqtt/mosquittotest"
)

// What waited while the machine was off for a night is refused, and what waited
// for a restart is answered.
func TestPresence(t *testing.T) {
	s := newSite(t, nil)
	file := s.d.health.present.path
	s.eventually("the connection is noted", func() bool { _, err := os.Stat(file); return err == nil })
	for _, test := range []struct {
		away time.Duration
		want mqtt.Code
	}{
		{5 * time.Minute, ""},
		{8 * time.Hour, mqtt.Expired},
	} {
		s.stop()
		s.ask("good morning")
		then := time.Now().Add(-test.away)
		if err := os.Chtimes(file, then, then); err != nil {
			t.Fatal(err)
		}
		s.start()
		if r := s.reply(); r.Error.Code != test.want {
			t.Errorf("after %v: %+v, want the error %q", test.away, r, test.want)
		}
	}
}

// A stop in order is noted to the moment.
func TestPresenceAtTheEnd(t *testing.T) {
	s := newSite(t, nil)
	file := s.d.health.present.path
	s.eventually("the connection is noted", func() bool { _, err := os.Stat(file); return err == nil })
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, then, then); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if info, err := os.Stat(file); err != nil || time.Since(info.ModTime()) > time.Minute {
		t.Errorf("%v, %v", info.ModTime(), err)
	}
}

// As long as the backlog comes in we are not back: who dies over it finds the rest
// of it as old as before. Here it never ends, since the broker keeps the marker.
func TestPresenceWaitsForTheBacklog(t *testing.T) {
	t.Parallel()
	acl := filepath.Join(t.TempDir(), "acl")
	if err := os.WriteFile(acl, []byte("topic readwrite #\ntopic deny llamad/pi4/marker\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := mosquittotest.Start(t, "acl_file "+acl)
	client := mosquittotest.Listen(t, b.URL(), "llamad/#")
	state := t.TempDir()
	p := startStub(t, b.URL(), "pi4", state)
	p.online() // and has a session
	p.stop(syscall.SIGTERM)
	file := sessionFile(t, state, "connected")
	then := time.Now().Add(-8 * time.Hour).Truncate(time.Second)
	if err := errors.Join(os.WriteFile(file, nil, 0o644), os.Chtimes(file, then, then)); err != nil {
		t.Fatal(err)
	}
	p = startStub(t, b.URL(), "pi4", state)
	p.online()
	for n := 1; n <= 3; n++ { // each makes the daemon look at how it is
		client.Publish("llamad/pi4/prompt", 1, false, "good morning")
		if m := client.Next("llamad/pi4/response"); !strings.Contains(m.Payload, `"code":"expired"`) {
			t.Errorf("%s", m.Payload)
		}
		for !strings.Contains(client.Next("llamad/pi4/health").Payload, fmt.Sprintf(`"errors":%d`, n)) {
		}
	}
	if info, err := os.Stat(file); err != nil || !info.ModTime().Equal(then) {
		t.Errorf("connected at %v, %v; want %v", info.ModTime(), err, then)
	}
}

func TestPresenceThatCannotBeKept(t *testing.T) {
	p := presence{path: filepath.Join(t.TempDir(), "absent", "connected")}
	if err := p.note(time.Now()); err == nil {
		t.Error("no complaint")
	}
	if err := p.note(time.Now().Add(time.Hour)); err != nil {
		t.Error("a second complaint: ", err)
	}
	if !p.last().IsZero() {
		t.Errorf("last connected at %v, want never", p.last())
	}
}
