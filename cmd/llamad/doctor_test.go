package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/board"
	"llamad/config"
	"llamad/mqtt"
	"llamad/mqtt/mosquittotest"
)

// consult has a doctor look at a configuration, on a laptop with everything in
// order, and gives what was found, by name.
func consult(t *testing.T, state, toml string) (found map[string]diagnosis, shown string, code int) {
	t.Helper()
	p := patient{machine: "laptop", kernels: "avx2", clock: board.On, service: map[string]string{}}
	var out bytes.Buffer
	e := p.examination(t, &out, toml, "STATE_DIRECTORY="+state)
	e.serves = false
	found = map[string]diagnosis{}
	_, err := e.examine(func(d diagnosis) error {
		found[d.Name] = d
		fmt.Fprintf(&out, "%+v\n", d)
		return nil
	})
	if len(found) != len(findings)-2 { // throttling, that no laptop tells of, and files, that no service reads
		t.Errorf("%d findings of %d:\n%s", len(found), len(findings), out.String())
	}
	if err != nil {
		code = exitCode(err)
	}
	return found, out.String(), code
}

// count is how many findings have a grade.
func count(found map[string]diagnosis, g grade) int {
	n := 0
	for _, d := range found {
		if d.Grade == g {
			n++
		}
	}
	return n
}

func (s *site) toml() string {
	return fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"pi4\"\n[model]\npath = %q\n", s.broker.URL(), s.config.Model.Path)
}

func TestDoctorFindsNothing(t *testing.T) {
	s := newSite(t, nil)
	s.eventually("the model is announced", func() bool { return strings.Contains(s.client.Last("llamad/pi4/info"), `"ready"`) })
	found, shown, code := consult(t, s.state, s.toml())
	if code != 0 || count(found, fine) != len(found) {
		t.Errorf("exit %d:\n%s", code, shown)
	}
	if !strings.Contains(found["node"].Found, "llamad/pi4 is online") || !strings.Contains(found["model"].Found, "the service has fake open") {
		t.Errorf("%s", shown)
	}
	// The daemon noticed nothing.
	s.ask("hello")
	if r := s.reply(); r.Text != "Hello there." {
		t.Errorf("%+v", r)
	}
	// Another machine of the same name.
	if found, shown, code := consult(t, t.TempDir(), s.toml()); code != 0 || found["node"].Grade != fine {
		t.Errorf("without a state of its own: exit %d:\n%s", code, shown)
	}
	other := t.TempDir()
	if _, err := loadIdentity(other, "pi4"); err != nil {
		t.Fatal(err)
	}
	if found, shown, code := consult(t, other, s.toml()); code != 0 || found["node"].Grade != odd || !strings.Contains(found["node"].Cure, "set mqtt.node") {
		t.Errorf("with another's: exit %d:\n%s", code, shown)
	}
}

// What only shows when something strange is going on at the broker.
func TestDoctorVerdicts(t *testing.T) {
	for _, test := range []struct {
		name string
		look func(*examination) verdict
		seen mqtt.Checkup
		want verdict
	}{
		{"another with our id", (*examination).clientID, mqtt.Checkup{State: "online", Changes: 4},
			verdict{broken, "llamad went and came 2 times while we looked", "another daemon uses our client id"}},
		{"nobody with our id", (*examination).clientID, mqtt.Checkup{State: "online", Changes: 1}, verdict{fine, "nobody else uses it", ""}},
		{"it was here", (*examination).node, mqtt.Checkup{State: "offline"}, verdict{odd, "llamad at llamad/pi4 is offline", "systemctl start"}},
		{"a name is needed", (*examination).access, mqtt.Checkup{}, verdict{fine, "the broker lets me in", ""}},
	} {
		c := config.Default()
		c.MQTT.Node, c.MQTT.Username = "pi4", "me"
		got := test.look(&examination{app: &app{environ: []string{"STATE_DIRECTORY=" + t.TempDir()}}, config: c, broker: &test.seen})
		if got.grade != test.want.grade || got.found != test.want.found || !strings.Contains(got.cure, test.want.cure) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestDoctorWithoutAService(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t)
	found, shown, code := consult(t, t.TempDir(), fmt.Sprintf("[mqtt]\nbroker = %q\n[model]\npath = %q\n", b.URL(), smollm2(t)))
	if code != 0 || !strings.Contains(found["node"].Cure, "systemctl enable") || found["client id"].Grade != unasked ||
		!strings.Contains(found["model"].Found, "llama, Q4_1") || !strings.Contains(found["model"].Found, "MB of memory") {
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
		{"a wrong key", "[mqtt]\nqeueu = 4\n", "configuration", "did you mean", 10},
		{"no broker", nobody + model, "broker", "apt-get install mosquitto", 6},
		{"no service with the broker", nobody + "[broker]\nenabled = true\n" + model, "broker", "start the service", 6},
		{"no password", at(closed) + model, "access", "mqtt.username", 5},
		{"no right to write", at(narrow) + model, "publish", "access list", 2},
		{"no model", at(open) + "[model]\npath = \"" + dir + "/none.gguf\"\n", "model", "put a GGUF file there", 2},
		{"a picture", at(open) + "[model]\npath = \"" + file("picture.gguf", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00", 64)) + "\"\n", "model", "", 1},
		{"no room", at(open) + model + "[memory]\nbudget = \"64MiB\"\n", "model", "", 1},
	} {
		found, shown, code := consult(t, dir, test.toml)
		d := found[test.broken]
		if code != exitFailure || d.Grade != broken || d.Why == "" || test.cure != "" && d.Cure == "" || !strings.Contains(d.Cure, test.cure) ||
			count(found, broken) != 1 || count(found, unasked) != test.unknown {
			t.Errorf("%s: exit %d:\n%s", test.name, code, shown)
		}
	}
}
