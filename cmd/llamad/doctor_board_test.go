package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"llamad/board"
	"llamad/runtime/llm"
)

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
