package board_test

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"
	"testing"
	"testing/fstest"

	"llamad/board"
	"llamad/board/boardtest"
)

func TestIdentity(t *testing.T) {
	for _, test := range []struct {
		machine, name string
		cpu           board.CPU
		memory        int64
		system        board.System
	}{
		{"pi4", "Raspberry Pi 4 Model B Rev 1.5", board.CPU{"Cortex-A72", 4, false}, 3884376 << 10,
			board.System{"Debian GNU/Linux 12 (bookworm)", "6.6.74+rpt-rpi-v8", 4096, 64}},
		{"pi5", "Raspberry Pi 5 Model B Rev 1.0", board.CPU{"Cortex-A76", 4, true}, 8256608 << 10,
			board.System{"Debian GNU/Linux 13 (trixie)", "6.12.47+rpt-rpi-2712", 16384, 64}},
		{"pi3", "Raspberry Pi 3 Model B Plus Rev 1.3", board.CPU{"Cortex-A53", 4, false}, 931656 << 10,
			board.System{"Raspbian GNU/Linux 11 (bullseye)", "6.1.21-v8+", 4096, 32}},
		{"zero2w", "Raspberry Pi Zero 2 W Rev 1.0", board.CPU{"Cortex-A53", 4, false}, 425892 << 10,
			board.System{"Debian GNU/Linux 12 (bookworm)", "6.12.25+rpt-rpi-v8", 4096, 64}},
		{"laptop", "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", board.CPU{"Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 2, false}, 16244564 << 10,
			board.System{"Debian GNU/Linux 12 (bookworm)", "6.1.0-25-amd64", 4096, 64}},
		{"container", "Raspberry Pi 5 Model B Rev 1.1", board.CPU{"Cortex-A76", 1, true}, 4147456 << 10,
			board.System{"", "6.12.47+rpt-rpi-2712", 16384, 0}},
	} {
		b := board.At(boardtest.Machine(t, test.machine))
		if b.Name() != test.name || b.CPU() != test.cpu || b.Memory() != test.memory || b.System() != test.system {
			t.Errorf("%s: %q, %+v, %d bytes, %+v", test.machine, b.Name(), b.CPU(), b.Memory(), b.System())
		}
		if is := test.machine != "laptop"; b.IsRaspberryPi() != is {
			t.Errorf("%s: is a Raspberry Pi: %v", test.machine, !is)
		}
	}
	if name := board.At(fstest.MapFS{}).Name(); name == "" {
		t.Error("a machine that says nothing has no name")
	}
}

func TestHeatAndThrottling(t *testing.T) {
	for _, test := range []struct {
		machine   string
		files     map[string]string // put in first
		degrees   any
		now, once board.Throttling
		known     board.Throttling
		heldBack  any
	}{
		{"pi4", nil, 51.6, 0, board.UnderVoltage | board.Throttled, board.AllThrottling, false},
		{"pi3", nil, 82.7, board.Capped | board.Throttled | board.SoftLimit, board.Capped | board.Throttled | board.SoftLimit, board.AllThrottling, true},
		{"pi4", map[string]string{"sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n"},
			51.6, board.UnderVoltage | board.Throttled, board.UnderVoltage | board.Throttled, board.AllThrottling, true},
		{"pi5", nil, 48.2, 0, 0, board.UnderVoltage, false},
		{"pi5", map[string]string{"sys/class/thermal/thermal_zone0/temp": "80050\n"}, 80.1, 0, 0, board.UnderVoltage, true},
		{"pi5", map[string]string{"sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": "0x80000\n"},
			48.2, 0, board.SoftLimit, board.AllThrottling, false},
		{"zero2w", nil, 44.0, board.UnderVoltage, 0, board.UnderVoltage, true},
		{"laptop", nil, 47.0, 0, 0, 0, nil},
		{"container", nil, nil, 0, 0, 0, nil},
	} {
		root := boardtest.Machine(t, test.machine)
		for name, text := range test.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		b := board.At(root)
		var degrees, heldBack any
		if d := b.Temperature(); d != nil {
			degrees = *d
		}
		if is := b.HeldBack(); is != nil {
			heldBack = *is
		}
		throttling, known := b.Throttling()
		if degrees != test.degrees || throttling.Now() != test.now || throttling.Since() != test.once || known != test.known || heldBack != test.heldBack {
			t.Errorf("%s %v: %v °C, %b now, %b once, of %b, held back %v", test.machine, test.files, degrees, throttling.Now(), throttling.Since(), known, heldBack)
		}
	}
	if bits, ok := board.ParseThrottling("throttled=0x50005\n"); !ok || bits != 0x50005 {
		t.Errorf("vcgencmd: %x, %v", bits, ok)
	}
	for _, bad := range []string{"", "VCHI initialization failed\n", "throttled=0x"} {
		if bits, ok := board.ParseThrottling(bad); ok {
			t.Errorf("%q is taken for %x", bad, bits)
		}
	}
}

func TestGovernor(t *testing.T) {
	for _, test := range []struct {
		machine string
		want    board.Governor
		top     int
	}{
		{"pi4", board.Governor{"ondemand", "cpufreq-dt", 600, 1800, 1800}, 1800},
		{"pi3", board.Governor{"powersave", "cpufreq-dt", 600, 1400, 1400}, 600},
		{"laptop", board.Governor{"powersave", "intel_pstate", 400, 3400, 3400}, 3400},
		{"container", board.Governor{}, 0},
	} {
		g, ok := board.At(boardtest.Machine(t, test.machine)).Governor()
		if g != test.want || ok != (test.want.Name != "") || g.Top() != test.top {
			t.Errorf("%s: %+v, %v, %d MHz", test.machine, g, ok, g.Top())
		}
	}
}

func TestBoot(t *testing.T) {
	for _, test := range []struct {
		machine          string
		cgroup, pressure board.State
		running, next    bool // cgroup_enable=memory
		file             string
	}{
		{"pi4", board.Off, board.Off, false, false, "/boot/firmware/cmdline.txt"},
		{"pi5", board.On, board.On, true, true, "/boot/firmware/cmdline.txt"},
		{"pi3", board.Off, board.Off, false, true, "/boot/cmdline.txt"},
		{"zero2w", board.Off, board.Off, true, true, "/boot/firmware/cmdline.txt"},
		{"laptop", board.On, board.On, false, false, ""},
	} {
		b := board.At(boardtest.Machine(t, test.machine))
		running, next := b.BootOption("cgroup_enable=memory")
		if b.MemoryCgroup() != test.cgroup || b.Pressure() != test.pressure || running != test.running || next != test.next || b.BootFile() != test.file {
			t.Errorf("%s: cgroup %v, pressure %v, option %v and %v in %q", test.machine, b.MemoryCgroup(), b.Pressure(), running, next, b.BootFile())
		}
	}
	old := board.At(fstest.MapFS{"sys/fs/cgroup/memory/memory.limit_in_bytes": &fstest.MapFile{}})
	if old.MemoryCgroup() != board.On || old.Pressure() != board.Unknown || board.At(fstest.MapFS{}).MemoryCgroup() != board.Unknown {
		t.Errorf("version 1: %v, %v; nothing: %v", old.MemoryCgroup(), old.Pressure(), board.At(fstest.MapFS{}).MemoryCgroup())
	}
}

func TestDiskOf(t *testing.T) {
	const model = "/var/lib/llamad/models/a.gguf"
	for _, test := range []struct{ machine, file, want string }{
		{"pi4", model, "SD card mmcblk0 (SC32G)"},
		{"pi4", "/boot/firmware/config.txt", "SD card mmcblk0 (SC32G)"},
		{"pi4", "/run/llamad/x", "memory"},
		{"pi5", model, "NVMe disk nvme0n1 (SAMSUNG MZ9LQ256HBJD-00BVL)"},
		{"pi3", model, "SD card mmcblk0 (SB16G)"}, // /dev/root
		{"laptop", model, "NVMe disk nvme0n1 (WDC PC SN520 SDAPNUW-512G)"},
		{"laptop", "/home/user/nas music/a.gguf", "network"},
		{"laptop", "/home/user/nas music too/a.gguf", "NVMe disk nvme0n1 (WDC PC SN520 SDAPNUW-512G)"},
		{"container", "/bin/llamad", "overlay on /"},
		{"container", model, "SD card mmcblk0"},
	} {
		if d := board.At(boardtest.Machine(t, test.machine)).DiskOf(test.file); d.String() != test.want {
			t.Errorf("%s, %s: %s, want %s", test.machine, test.file, d, test.want)
		}
	}
	disk := func(files ...string) board.Disk {
		root := fstest.MapFS{"proc/self/mountinfo": &fstest.MapFile{Data: []byte("1 0 0:40 / / rw - btrfs /dev/" + files[0] + " rw\n")}}
		for _, f := range files[1:] {
			root["sys/block/"+f] = &fstest.MapFile{Data: []byte("1\n")}
		}
		return board.At(root).DiskOf(model)
	}
	for want, d := range map[board.Kind]board.Disk{
		board.HardDisk:    disk("sda1", "sda/sda1/dev", "sda/queue/rotational"),
		board.SSD:         disk("sda1", "sda/sda1/dev"),
		board.Virtual:     disk("vda", "vda/dev"),
		board.UnknownDisk: disk("sdz", "vda/dev"),
	} {
		if d.Kind != want {
			t.Errorf("%+v is no %s", d, want)
		}
	}
	if d := board.At(fstest.MapFS{}).DiskOf(model); d != (board.Disk{}) {
		t.Errorf("a machine without mounts: %+v", d)
	}
}

func TestSwaps(t *testing.T) {
	for _, test := range []struct {
		machine string
		kinds   []board.Kind
	}{
		{"pi4", []board.Kind{board.SDCard}},
		{"pi5", []board.Kind{board.Zram}},
		{"laptop", []board.Kind{board.NVMe}},
	} {
		var kinds []board.Kind
		for _, s := range board.At(boardtest.Machine(t, test.machine)).Swaps() {
			kinds = append(kinds, s.Disk.Kind)
		}
		if !slices.Equal(kinds, test.kinds) {
			t.Errorf("%s: %q, want %q", test.machine, kinds, test.kinds)
		}
	}
	s := board.At(boardtest.Machine(t, "pi3")).Swaps()[0]
	if s.Path != "/var/swap" || s.Size != 102396<<10 || s.Used != 89996<<10 {
		t.Errorf("%+v", s)
	}
}

func TestSystem(t *testing.T) {
	for _, test := range []struct {
		machine, container string
		systemd, clock     bool
	}{
		{"pi4", "", true, false},
		{"pi5", "", true, true},
		{"container", "docker", false, false},
	} {
		b := board.At(boardtest.Machine(t, test.machine))
		if b.Container() != test.container || b.HasSystemd() != test.systemd || b.HasClock() != test.clock {
			t.Errorf("%s: container %q, systemd %v, clock %v", test.machine, b.Container(), b.HasSystemd(), b.HasClock())
		}
	}
	b := board.At(boardtest.Machine(t, "pi4"))
	if u, ok := b.User("pi"); !ok || u.ID != 1000 || !slices.Equal(u.Groups, []int{1000, 44}) {
		t.Errorf("pi: %+v, %v", u, ok)
	}
	if u, ok := b.User("nobody"); ok {
		t.Errorf("nobody: %+v", u)
	}
}

func TestMayRead(t *testing.T) {
	root := boardtest.Machine(t, "pi4")
	file := func(name string, mode fs.FileMode, uid, gid uint32) {
		root[name] = &fstest.MapFile{Mode: mode, Sys: &syscall.Stat_t{Uid: uid, Gid: gid}}
	}
	file("home/pi", fs.ModeDir|0o700, 1000, 1000)
	file("home/pi/a.gguf", 0o644, 1000, 1000)
	file("srv/own.gguf", 0o400, 990, 0)
	file("srv/root.gguf", 0o600, 0, 0)
	file("srv/not-the-owner.gguf", 0o044, 990, 0)
	b := board.At(root)
	service, _ := b.User("llamad")
	pi, _ := b.User("pi")
	for _, test := range []struct {
		user    board.User
		name    string
		blocked string
	}{
		{service, "/etc/llamad/llamad.toml", ""},
		{service, "/var/lib/llamad/models/fixture.gguf", ""},
		{service, "/srv/own.gguf", ""},
		{service, "/srv/root.gguf", "/srv/root.gguf"},
		{service, "/srv/not-the-owner.gguf", "/srv/not-the-owner.gguf"},
		{service, "/home/pi/a.gguf", "/home/pi"},
		{service, "/srv/../home/pi/a.gguf", "/home/pi"},
		{pi, "/home/pi/a.gguf", ""},
		{pi, "/etc/llamad/llamad.toml", "/etc/llamad"},
		{board.User{}, "/srv/root.gguf", ""}, // root
	} {
		if blocked, err := b.MayRead(test.user, test.name); err != nil || blocked != test.blocked {
			t.Errorf("user %d, %s: %q, %v", test.user.ID, test.name, blocked, err)
		}
	}
	if _, err := b.MayRead(pi, "/srv/none/a.gguf"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
