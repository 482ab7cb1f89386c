package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"llamad/mqtt"
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
