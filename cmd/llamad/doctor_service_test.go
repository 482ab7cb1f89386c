package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"llamad/mqtt"
)

func TestDoctorOnService(t *testing.T) {
	for _, test := range []struct {
		name    string
		service map[string]string
		want    grade
		found   string
		cure    string
	}{
		{"well", map[string]string{}, fine, "llamad runs since Fri 2026-11-27 08:00:02 UTC: tinyllama; 0 waiting", ""},
		{"not for ever", map[string]string{"UnitFileState": "disabled"}, odd, "does not start with the machine", "sudo systemctl enable llamad"},
		{"started again", map[string]string{"NRestarts": "2", "UnitFileState": "disabled"}, odd, "2 times", "journalctl -u llamad\nsudo systemctl enable"},
		{"starting", map[string]string{"ActiveState": "activating", "SubState": "start"}, fine, "is starting", ""},
		{"off", map[string]string{"ActiveState": "inactive", "SubState": "dead"}, odd, "llamad is not running", "sudo systemctl start llamad"},
		{"never on", map[string]string{"ActiveState": "inactive", "UnitFileState": "disabled"}, odd, "does not start with", "enable --now"},
		{"not installed", map[string]string{"LoadState": "not-found"}, odd, "knows no unit llamad", "apt install"},
		{"masked", map[string]string{"LoadState": "masked"}, broken, "masked", "unmask"},
		{"mistyped", map[string]string{"LoadState": "bad-setting"}, broken, "bad-setting", "systemd-analyze verify"},
		{"configuration", map[string]string{"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "78"}, broken, "configuration is wrong", "config check"},
		{"another architecture", map[string]string{"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code", "ExecMainStatus": "203"}, broken, "cannot be run", "architecture"},
		{"no user", map[string]string{"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "217"}, broken, "no user llamad", "systemd-sysusers"},
		{"code 1", map[string]string{"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "1"}, broken, "exit code 1", "journalctl"},
		{"out of memory", map[string]string{"ActiveState": "failed", "Result": "oom-kill"}, broken, "want of memory", "memory.budget"},
		{"hung", map[string]string{"ActiveState": "failed", "Result": "watchdog"}, broken, "no progress", "journalctl"},
		{"given up", map[string]string{"ActiveState": "failed", "Result": "start-limit-hit"}, broken, "too often", "reset-failed"},
		{"killed", map[string]string{"ActiveState": "failed", "Result": "signal"}, broken, "(signal)", "journalctl"},
		{"no systemctl", nil, unasked, "cannot be asked", ""},
	} {
		p := patient{machine: "pi5", kernels: "dotprod", service: test.service}
		v := p.examination(t, io.Discard, "").service()
		if v.grade != test.want || !strings.Contains(v.found, test.found) || !strings.Contains(v.cure, test.cure) {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
	for file, want := range map[string]string{"": "llamad true", "/etc/llamad/llamad.toml": "llamad true", "/etc/llamad/kitchen.toml": "llamad@kitchen true",
		"./kitchen.toml": "llamad false", "/etc/llamad/old": "llamad false"} {
		unit, is := unitOf(file)
		if got := fmt.Sprint(unit, " ", is); got != want {
			t.Errorf("%q: %s, want %s", file, got, want)
		}
	}
}

func TestDoctorOnFiles(t *testing.T) {
	openFile := func(name string) func(fstest.MapFS) {
		return func(root fstest.MapFS) { root[name] = &fstest.MapFile{Mode: 0o644, Sys: root["bin/sh"].Sys} }
	}
	for _, test := range []struct {
		name, model string
		change      func(fstest.MapFS)
		service     map[string]string
		want        grade
		found, cure string
	}{
		{"well", "/var/lib/llamad/models/fixture.gguf", nil, nil, fine, "llamad may read /etc/llamad/llamad.toml, /var/lib/llamad/models/fixture.gguf", ""},
		{"not there", "/srv/none.gguf", nil, nil, fine, "llamad may read /etc/llamad/llamad.toml", ""},
		{"no configuration for the service", "/srv/a.gguf", func(root fstest.MapFS) { root["etc/llamad/llamad.toml"].Mode = 0o600 }, nil, broken, "llamad may not read /etc/llamad/llamad.toml", "sudo chgrp llamad /etc/llamad/llamad.toml"},
		{"at home", "/home/pi/a.gguf", openFile("home/pi/a.gguf"), nil, broken, "ProtectHome=yes", "/var/lib/llamad/models"},
		{"in a private /tmp", "/tmp/a.gguf", openFile("tmp/a.gguf"), nil, broken, "PrivateTmp=yes", "/var/lib/llamad/models"},
		{"of root", "/srv/a.gguf", func(root fstest.MapFS) {
			root["srv/a.gguf"] = &fstest.MapFile{Mode: 0o600, Sys: root["bin/sh"].Sys}
		}, nil, broken, "llamad may not read /srv/a.gguf", "chmod g+r /srv/a.gguf"},
		{"in a closed directory", "/srv/models/a.gguf", func(root fstest.MapFS) {
			root["srv/models"] = &fstest.MapFile{Mode: fs.ModeDir | 0o700, Sys: root["bin/sh"].Sys}
			root["srv/models/a.gguf"] = &fstest.MapFile{Mode: 0o644, Sys: root["bin/sh"].Sys}
		}, nil, broken, "/srv/models is closed", "chmod o+x /srv/models"},
		{"no user", "/srv/a.gguf", func(root fstest.MapFS) { delete(root, "etc/passwd") }, nil, broken, "no user llamad", "systemd-sysusers"},
		{"no service", "/home/pi/a.gguf", nil, map[string]string{"LoadState": "not-found"}, "", "", ""},
	} {
		p := patient{machine: "pi5", kernels: "dotprod", service: test.service}
		if p.service == nil {
			p.service = map[string]string{"PrivateTmp": "yes"}
		}
		e := p.examination(t, io.Discard, "[model]\npath = \""+test.model+"\"\n")
		if v := e.configuration(); v.grade != fine {
			t.Fatal(v)
		}
		e.config.File = "/etc/llamad/llamad.toml"
		if test.change != nil {
			test.change(e.machine.root.(fstest.MapFS))
		}
		if v := e.files(); v.grade != test.want || !strings.Contains(v.found, test.found) || !strings.Contains(v.cure, test.cure) {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
}

// A model may be a link into a download cache, which the service does not see.
func TestDoctorFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	model, link := filepath.Join(dir, "a.gguf"), filepath.Join(dir, "link.gguf")
	if err := errors.Join(os.WriteFile(model, []byte("GGUF"), 0o644), os.Symlink(model, link)); err != nil {
		t.Fatal(err)
	}
	p := patient{machine: "pi5", kernels: "dotprod", service: map[string]string{}}
	e := p.examination(t, io.Discard, "[model]\npath = \""+link+"\"\n")
	e.configuration()
	root := e.machine.root.(fstest.MapFS)
	root[model[1:]] = &fstest.MapFile{Mode: 0o600, Sys: root["bin/sh"].Sys}
	root[link[1:]] = &fstest.MapFile{Mode: 0o644, Sys: root["bin/sh"].Sys}
	if v := e.files(); v.grade != broken || !strings.Contains(v.found, model) {
		t.Errorf("%+v", v)
	}
}

// What root can open is not always open to the service.
func TestDoctorHearsTheService(t *testing.T) {
	p := patient{machine: "laptop", kernels: "avx2", broker: &mqtt.Checkup{State: "online", Info: mqtt.Info{Status: "no_model", Message: "permission denied"}}}
	e := p.examination(t, io.Discard, "[model]\npath = \""+smollm2(t)+"\"\n")
	e.configuration()
	if v := e.model(); v.grade != broken || !strings.Contains(v.found, "but the service says: permission denied") {
		t.Errorf("%+v", v)
	}
}

// The service gets its password from systemd, and who looks after it the same one.
func TestDoctorFindsTheCredential(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "llamad.mqtt-password"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := patient{machine: "pi5", kernels: "dotprod"}
	e := p.examination(t, io.Discard, "[mqtt]\nusername = \"pi\"\n")
	e.machine.credentials = []string{filepath.Join(dir, "none"), dir}
	if v := e.configuration(); v.grade != fine || e.config.MQTT.Password.Reveal() != "secret" {
		t.Errorf("%+v, password %v", v, e.config.MQTT.Password.IsSet())
	}
}
