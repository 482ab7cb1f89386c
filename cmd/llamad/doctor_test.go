package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// consult runs llamad doctor with a configuration and gives what it found, line
// by name.
func consult(t *testing.T, state, toml string) (found map[string]string, shown string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "llamad.toml")
	if err := os.WriteFile(file, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code = run(t.Context(), []string{"doctor", "--config", file}, strings.NewReader(""), &out, &errs, []string{"STATE_DIRECTORY=" + state})
	if errs.Len() > 0 {
		t.Errorf("standard error: %s", errs.String())
	}
	found = map[string]string{}
	name := ""
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, " ") {
			name = strings.TrimSpace(line[9:23])
		}
		found[name] += strings.TrimSpace(line) + "\n"
	}
	if len(found) != len(findings) {
		t.Errorf("%d findings, want %d:\n%s", len(found), len(findings), out.String())
	}
	return found, out.String(), code
}

func (s *site) toml() string {
	return fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"pi4\"\n[model]\npath = %q\n", s.broker.URL(), s.config.Model.Path)
}

func TestDoctorFindsNothing(t *testing.T) {
	s := newSite(t, nil)
	s.eventually("the model is announced", func() bool { return strings.Contains(s.client.Last("llamad/pi4/info"), `"ready"`) })
	found, shown, code := consult(t, s.state, s.toml())
	if code != 0 || strings.Contains(shown, "cure:") || strings.Count(shown, "ok ") != len(findings) {
		t.Errorf("exit %d:\n%s", code, shown)
	}
	if !strings.Contains(found["node"], "llamad/pi4 is online") || !strings.Contains(found["model"], "the service has fake open") {
		t.Errorf("%s", shown)
	}
	// The daemon noticed nothing.
	s.ask("hello")
	if r := s.reply(); r.Text != "Hello there." {
		t.Errorf("%+v", r)
	}
	// Another machine of the same name.
	if found, shown, code := consult(t, t.TempDir(), s.toml()); code != 0 || strings.Contains(found["node"], "note") {
		t.Errorf("without a state of its own: exit %d:\n%s", code, shown)
	}
	other := t.TempDir()
	if _, err := loadIdentity(other, "pi4"); err != nil {
		t.Fatal(err)
	}
	if found, shown, code := consult(t, other, s.toml()); code != 0 || !strings.Contains(found["node"], "note") || !strings.Contains(found["node"], "cure: set mqtt.node") {
		t.Errorf("with another's: exit %d:\n%s", code, shown)
	}
}

func TestDoctorWithoutAService(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t)
	found, shown, code := consult(t, t.TempDir(), fmt.Sprintf("[mqtt]\nbroker = %q\n[model]\npath = %q\n", b.URL(), smollm2(t)))
	if code != 0 || !strings.Contains(found["node"], "systemctl enable") || !strings.HasPrefix(found["client id"], "unknown") ||
		!strings.Contains(found["model"], "llama, Q4_1") || !strings.Contains(found["model"], "MB of memory") {
		t.Errorf("exit %d:\n%s", code, shown)
	}
}

func TestDoctorFinds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := mosquittotest.Start(t)
	closed := mosquittotest.Start(t, "allow_anonymous false")
	narrow := mosquittotest.Start(t, "acl_file "+file("acl", "topic read llamad/#\n"))
	model := "[model]\npath = \"" + smollm2(t) + "\"\n"
	at := func(b *mosquittotest.Broker) string { return fmt.Sprintf("[mqtt]\nbroker = %q\n", b.URL()) }
	const nobody = "[mqtt]\nbroker = \"mqtt://127.0.0.1:1\"\n"
	for _, test := range []struct {
		name, toml string
		broken     string // the finding
		cure       string
		unknown    int // findings that rest on it
	}{
		{"a wrong key", "[mqtt]\nqeueu = 4\n", "configuration", "did you mean", 8},
		{"no broker", nobody + model, "broker", "apt-get install mosquitto", 6},
		{"no service with the broker", nobody + "[broker]\nenabled = true\n" + model, "broker", "start the service", 6},
		{"no password", at(closed) + model, "access", "mqtt.username", 5},
		{"no right to write", at(narrow) + model, "publish", "access list", 2},
		{"no model", at(open) + "[model]\npath = \"" + dir + "/none.gguf\"\n", "model", "put a GGUF file there", 1},
		{"a picture", at(open) + "[model]\npath = \"" + file("picture.gguf", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00", 64)) + "\"\n", "model", "", 1},
		{"no room", at(open) + model + "[memory]\nbudget = \"64MiB\"\n", "model", "", 1},
	} {
		found, shown, code := consult(t, dir, test.toml)
		if code != exitFailure || !strings.HasPrefix(found[test.broken], "broken") || !strings.Contains(found[test.broken], "\nwhy:  ") ||
			test.cure != "" && !strings.Contains(found[test.broken], "\ncure: ") || !strings.Contains(found[test.broken], test.cure) ||
			strings.Count("\n"+shown, "\nbroken ") != 1 || strings.Count("\n"+shown, "\nunknown ") != test.unknown {
			t.Errorf("%s: exit %d:\n%s", test.name, code, shown)
		}
	}
}
