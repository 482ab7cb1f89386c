package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
			"NRestarts": "0", "ActiveEnterTimestamp": "Fri 2026-11-27 08:00:02 UTC", "StatusText": "tinyllama; 0 waiting", "User": "llamad", "ProtectHome": "yes", "PrivateTmp": "no"}
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
