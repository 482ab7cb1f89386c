package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"llamad/board"
	"llamad/board/boardtest"
	"llamad/mqtt"
	"llamad/runtime/llm"
)

// patient is a machine for the doctor.
type patient struct {
	machine string            // of boardtest
	kernels string            // the best class for its CPU
	clock   board.State       // whether a time server sets it
	service map[string]string // how systemctl show differs from a service that is well; nil where there is no systemctl
	firm    string            // what vcgencmd prints, "" where there is none
	model   board.Reading
	broker  *mqtt.Checkup // what it is like; nil asks the real one
}

const withModel = "[model]\npath = \"/var/lib/llamad/models/fixture.gguf\"\n"

// examination has the doctor look at the patient with a configuration of that text.
func (p *patient) examination(t testing.TB, out io.Writer, toml string, environ ...string) *examination {
	t.Helper()
	file := filepath.Join(t.TempDir(), "llamad.toml")
	if err := os.WriteFile(file, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	classes := map[string]string{"dotprod": "Cortex-A76: Raspberry Pi 5", "neon": "Cortex-A72, A53: Raspberry Pi 4, 3, Zero 2 W", "avx2": "Haswell, Zen and later"}
	m := machine{
		root:      boardtest.Machine(t, p.machine),
		kernels:   []llm.KernelClass{{Name: p.kernels, Chips: classes[p.kernels]}, {Name: "portable", Chips: "any CPU, in plain Go"}},
		run:       p.run,
		readSpeed: p.readSpeed,
		free:      func(string) (int64, error) { return 20e9, nil },
		now:       func() time.Time { return time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC) },
		clockSet:  func() board.State { return p.clock },
	}
	e := newExamination(t.Context(), &app{stdout: out, environ: environ}, m, file)
	e.serves, e.broker = true, p.broker
	return e
}

func (p *patient) run(_ context.Context, name string, args ...string) (string, error) {
	switch {
	case name == "systemctl" && p.service != nil:
		text := ""
		well := map[string]string{"LoadState": "loaded", "UnitFileState": "enabled", "ActiveState": "active", "SubState": "running", "Result": "success",
			"NRestarts": "0", "ActiveEnterTimestamp": "Fri 2026-11-27 08:00:02 UTC", "StatusText": "tinyllama; 0 waiting", "User": "llamad", "ProtectHome": "yes", "PrivateTmp": "yes"}
		for _, property := range unitProperties {
			value, differs := p.service[property]
			if !differs {
				value = well[property]
			}
			text += property + "=" + value + "\n"
		}
		return text, nil
	case name == "vcgencmd" && p.firm != "":
		return p.firm, nil
	}
	return "", errors.New(name + " is not there")
}

// readSpeed is p.model, or that of a file which is really there.
func (p *patient) readSpeed(_ context.Context, file string) (board.Reading, error) {
	if p.model.Size > 0 {
		return p.model, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return board.Reading{}, err
	}
	return board.Reading{Size: info.Size(), PerSecond: 100e6}, nil
}

// A broker with our service on it.
func atWork(kernel string) *mqtt.Checkup {
	return &mqtt.Checkup{State: "online", Info: mqtt.Info{Version: "1.0", Status: "ready", Kernel: kernel,
		Model: &mqtt.Model{Name: "tinyllama", Quantization: "Q8_0", Context: 2048}}}
}

// TestDoctorOnMachines compares what the doctor says of whole machines with
// testdata/doctor/*.txt. go test -update rewrites them.
func TestDoctorOnMachines(t *testing.T) {
	tinyllama := func(perSecond float64) board.Reading { return board.Reading{Size: 1_170_781_568, PerSecond: perSecond} }
	refused := &mqtt.Checkup{Reach: &mqtt.ConnectError{Err: errors.New("connection refused"), Cure: "install a broker"}}
	for _, p := range []patient{
		{"pi4", "neon", board.On, map[string]string{"NRestarts": "3"}, "", tinyllama(43.1e6), atWork("neon")},
		{"pi5", "dotprod", board.On, map[string]string{}, "throttled=0x0\n", tinyllama(412e6), atWork("dotprod")},
		{"pi3", "neon", board.Off, map[string]string{"LoadState": "not-found"}, "", tinyllama(22.4e6), refused},
		{"zero2w", "neon", board.On, map[string]string{"ActiveState": "failed", "Result": "oom-kill", "User": "root", "ProtectHome": "no"},
			"throttled=0xd0005\n", tinyllama(19.8e6), &mqtt.Checkup{State: "offline"}},
		{"laptop", "avx2", board.Off, map[string]string{"LoadState": "not-found"}, "", tinyllama(1811e6), &mqtt.Checkup{}},
		{"container", "dotprod", board.Unknown, nil, "", tinyllama(88e6), atWork("dotprod")},
	} {
		t.Run(p.machine, func(t *testing.T) {
			var out bytes.Buffer
			e := p.examination(t, &out, withModel+"[mqtt]\nnode = \"kitchen\"\n", "STATE_DIRECTORY="+t.TempDir())
			code := exitOK
			if err := e.app.doctor(e); err != nil {
				code = exitCode(err)
			}
			got := strings.ReplaceAll(out.String(), filepath.Dir(e.file), "/etc/llamad")
			if (code == exitFailure) != strings.Contains(got, "\nbroken ") || code > exitFailure {
				t.Errorf("exit code %d", code)
			}
			golden := "testdata/doctor/" + p.machine + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("%v\n%s", err, firstDifference(got, string(want)))
			}
		})
	}
}

func TestDoctorJSON(t *testing.T) {
	p := patient{machine: "pi4", kernels: "neon", service: map[string]string{"ActiveState": "failed", "Result": "watchdog"},
		model: board.Reading{Size: 1e9, PerSecond: 40e6}, broker: atWork("neon")}
	var out bytes.Buffer
	e := p.examination(t, &out, withModel)
	err := e.app.doctorJSON(e)
	var report struct {
		Findings []struct{ Name, Grade, Found, Why, Cure string }
	}
	if exitCode(err) != exitFailure || json.Unmarshal(out.Bytes(), &report) != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	grades := map[string]int{}
	for _, f := range report.Findings {
		grades[f.Grade]++
		if well := f.Grade == "ok" || f.Grade == "unknown"; f.Name == "" || f.Found == "" || well != (f.Why == "") || well && f.Cure != "" {
			t.Errorf("%+v", f)
		}
	}
	if grades["broken"] != 1 || grades["note"] == 0 || grades["ok"] == 0 {
		t.Errorf("%v\n%s", grades, out.String())
	}
}

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

// One thing after the other goes wrong with a Raspberry Pi 5 that was well.
func TestDoctorOnBoard(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for _, test := range []struct {
		name        string
		change      func(*examination, fstest.MapFS)
		finding     string
		want        grade
		found, cure string
	}{
		{"a forced class", func(e *examination, _ fstest.MapFS) { e.app.environ = []string{"LLAMAD_KERNEL=portable"} }, "kernels", odd, "portable, as LLAMAD_KERNEL says; the best for this CPU are dotprod", "unset"},
		{"the best one by force", func(e *examination, _ fstest.MapFS) { e.app.environ = []string{"LLAMAD_KERNEL=dotprod"} }, "kernels", fine, "dotprod", ""},
		{"a class of others", func(e *examination, _ fstest.MapFS) { e.app.environ = []string{"LLAMAD_KERNEL=avx2"} }, "kernels", broken, `"avx2"`, "choose one of dotprod, portable"},
		{"no dotprod", func(e *examination, _ fstest.MapFS) { e.machine.kernels[0] = llm.KernelClass{Name: "neon"} }, "kernels", odd, "hides", "-cpu host"},
		{"nothing fast", func(e *examination, _ fstest.MapFS) { e.machine.kernels = e.machine.kernels[1:] }, "kernels", odd, "portable", "AVX2"},
		{"powersave", func(_ *examination, root fstest.MapFS) {
			root["sys/devices/system/cpu/cpufreq/policy0/scaling_governor"] = text("powersave\n")
		}, "governor", odd, "1500 of 2400 MHz: a prompt takes 1.6 times as long", "echo ondemand | sudo tee"},
		{"a lid on the clock", func(_ *examination, root fstest.MapFS) {
			root["sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq"] = text("1600000\n")
		}, "governor", odd, "1600 of 2400 MHz", "echo 2400000 | sudo tee"},
		{"swap on a card, with rpi-swap", func(_ *examination, root fstest.MapFS) {
			root["sys/block/mmcblk0/mmcblk0p3/dev"] = text("179:3\n")
			root["proc/swaps"] = text("Filename Type Size Used Priority\n/dev/mmcblk0p3 partition 524284 1024 -2\n")
		}, "swap", odd, "on SD card mmcblk0", "Mechanism=zram"},
		{"no swap", func(_ *examination, root fstest.MapFS) { delete(root, "proc/swaps") }, "swap", fine, "none", ""},
		{"1970", func(e *examination, _ fstest.MapFS) { e.machine.now = func() time.Time { return time.Unix(60, 0) } }, "clock", odd, "long past", "timedatectl"},
		{"no time server", func(e *examination, _ fstest.MapFS) { e.machine.clockSet = func() board.State { return board.Off } }, "clock", odd, "no time server", "timedatectl"},
		{"vcgencmd refuses", func(e *examination, _ fstest.MapFS) {
			e.machine.run = func(context.Context, string, ...string) (string, error) {
				return "VCHI initialization failed\n", errors.New("exit status 255")
			}
		}, "throttling", fine, "as root", ""},
		{"a slow card", func(e *examination, _ fstest.MapFS) {
			e.machine.readSpeed = func(context.Context, string) (board.Reading, error) {
				return board.Reading{Size: 1e9, PerSecond: 20e6}, nil
			}
		}, "storage", odd, "read in 50.0 s", "SSD"},
		{"an empty model", func(e *examination, _ fstest.MapFS) {
			e.machine.readSpeed = func(context.Context, string) (board.Reading, error) { return board.Reading{}, nil }
		}, "storage", unasked, "empty", ""},
		{"a file system that caches", func(e *examination, _ fstest.MapFS) {
			e.machine.readSpeed = func(context.Context, string) (board.Reading, error) { return board.Reading{}, board.ErrCached }
		}, "storage", unasked, "past its cache", ""},
		{"a full card", func(e *examination, _ fstest.MapFS) {
			e.machine.free = func(string) (int64, error) { return 200e6, nil }
		}, "disk space", odd, "200 MB free in /srv/no-such-models", "remove"},
		{"no models directory", func(e *examination, _ fstest.MapFS) { e.machine.free = board.Free }, "disk space", odd, "there is no directory", "mkdir -p"},
	} {
		p := patient{machine: "pi5", kernels: "dotprod", clock: board.On, service: map[string]string{}, firm: "throttled=0x0\n",
			model: board.Reading{Size: 1e9, PerSecond: 400e6}, broker: atWork("dotprod")}
		e := p.examination(t, io.Discard, "[model]\npath = \"/srv/no-such-models/fixture.gguf\"\n")
		test.change(e, e.machine.root.(fstest.MapFS))
		for _, f := range findings {
			v := f.look(e)
			switch {
			case f.name != test.finding && (v.grade == odd || v.grade == broken):
				t.Errorf("%s: %s is not well either: %+v", test.name, f.name, v)
			case f.name == test.finding && (v.grade != test.want || !strings.Contains(v.found, test.found) || !strings.Contains(v.cure, test.cure)):
				t.Errorf("%s: %+v", test.name, v)
			}
		}
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
