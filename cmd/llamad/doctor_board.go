package main

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"llamad/board"
	"llamad/runtime/llm"
)

func (e *examination) boardItself() verdict {
	b := e.board()
	cpu := b.CPU()
	found := b.Name()
	if cpu.Name != "" && cpu.Name != found {
		found += fmt.Sprintf(": %d x %s", cpu.Cores, cpu.Name)
	} else if cpu.Cores > 0 {
		found += fmt.Sprintf(": %d cores", cpu.Cores)
	}
	if memory := b.Memory(); memory > 0 {
		found += ", " + gigabytes(memory) + " of memory"
	}
	if container := b.Container(); container != "" {
		found += ", in a container (" + container + ")"
	}
	return verdict{fine, found, ""}
}

func (e *examination) system() verdict {
	s := e.board().System()
	var parts []string
	add := func(known bool, format string, args ...any) {
		if known {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(s.Name != "", "%s", s.Name)
	add(s.Bits > 0, "%d bit", s.Bits)
	add(s.Kernel != "", "Linux %s", s.Kernel)
	add(s.Page > 0, "pages of %d KiB", s.Page>>10) // 4 or 16, both are fine
	if len(parts) == 0 {
		return verdict{}
	}
	v := verdict{fine, strings.Join(parts, ", "), ""}
	if s.Bits == 32 {
		v.grade = odd
		v.found += "\nthe programs are of 32 bit, and only the kernel has 64"
		v.cure = "install the 64-bit Raspberry Pi OS: the arm64 package does not install on this one"
	}
	return v
}

// kernelVariable forces a kernel class.
const kernelVariable = "LLAMAD_KERNEL"

func (e *examination) kernels() verdict {
	classes := e.machine.kernels
	best := classes[0]
	forced := variable(e.app.environ, kernelVariable)
	at := slices.IndexFunc(classes, func(c llm.KernelClass) bool { return c.Name == forced })
	switch {
	case forced != "" && at < 0:
		var names []string
		for _, c := range classes {
			names = append(names, c.Name)
		}
		return verdict{broken, fmt.Sprintf("%s is %q, which this CPU does not run", kernelVariable, forced),
			"unset it, or choose one of " + strings.Join(names, ", ")}
	case at > 0:
		return verdict{odd, fmt.Sprintf("%s, as %s says; the best for this CPU are %s", forced, kernelVariable, best.Name), "unset " + kernelVariable}
	}
	v := verdict{fine, best.Name + ", for " + best.Chips, ""}
	cpu := e.board().CPU()
	switch {
	case best.Name == "portable":
		v.grade, v.cure = odd, "use a CPU with AVX2 or, on Arm, NEON; a virtual machine has to be given its host's (-cpu host)"
	case cpu.Name == "Cortex-A76" && (best.Name != "dotprod" || !cpu.Dotprod):
		v.grade, v.found = odd, v.found+"\nthis CPU has dot-product instructions, but something hides them"
		v.cure = "run llamad on the board itself, or give the virtual machine its host's CPU (-cpu host)"
	}
	return v
}

func (e *examination) governor() verdict {
	g, ok := e.board().Governor()
	if !ok {
		return verdict{}
	}
	v := verdict{fine, fmt.Sprintf("%s, %d to %d MHz", g.Name, g.Min, g.Max), ""}
	if g.Hardware == 0 || g.Top() == 0 || g.Top() >= g.Hardware {
		return v
	}
	v.grade = odd
	v.found = fmt.Sprintf("%s keeps the cores at %d of %d MHz: a prompt takes %.1f times as long to read", g.Name, g.Top(), g.Hardware, float64(g.Hardware)/float64(g.Top()))
	const files = "/sys/devices/system/cpu/cpufreq/policy*/"
	if g.Top() == g.Max {
		v.cure = e.onTheHost(fmt.Sprintf("echo %d | sudo tee %sscaling_max_freq", g.Hardware*1000, files))
		return v
	}
	v.cure = e.onTheHost("echo ondemand | sudo tee " + files + "scaling_governor")
	if file := e.board().BootFile(); file != "" {
		v.cure += "\nand for good: " + appendOption(file, "cpufreq.default_governor=ondemand")
	}
	return v
}

const coolingCure = "give it a heat sink or a fan (the Active Cooler on a Pi 5), and air around it"

func (e *examination) temperature() verdict {
	b := e.board()
	degrees := b.Temperature()
	if degrees == nil {
		return verdict{}
	}
	v := verdict{fine, fmt.Sprintf("%.1f °C", *degrees), ""}
	if b.IsRaspberryPi() && *degrees >= board.HotFrom {
		v = verdict{odd, fmt.Sprintf("%.1f °C; from %d °C on the board slows down", *degrees, board.HotFrom), coolingCure}
	}
	return v
}

func (e *examination) throttling() verdict {
	t, known := e.board().Throttling()
	if !e.board().IsRaspberryPi() {
		return verdict{}
	}
	if known != board.AllThrottling {
		// The tool of Raspberry Pi OS asks the firmware, if it may.
		out, err := e.machine.run(e.ctx, "vcgencmd", "get_throttled")
		if bits, ok := board.ParseThrottling(out); err == nil && ok {
			t, known = bits, board.AllThrottling
		}
	}
	var found []string
	if now := t.Now(); now != 0 {
		found = append(found, "now: "+inWords(now))
	}
	if since := t.Since(); since != 0 {
		found = append(found, "since the start: "+inWords(since))
	}
	switch {
	case known == 0:
		return verdict{} // a container sees nothing of it
	case len(found) == 0 && known == board.AllThrottling:
		return verdict{fine, "nothing holds the board back, now or since its start", ""}
	case len(found) == 0:
		return verdict{fine, "no under-voltage now; as root, vcgencmd get_throttled knows more", ""}
	}
	var cures []string
	ever := t.Now() | t.Since()
	if ever&board.UnderVoltage != 0 {
		cures = append(cures, "use the power supply made for this board, a short thick cable, and a powered hub for disks")
	}
	if ever&board.SoftLimit != 0 || ever&board.UnderVoltage == 0 {
		cures = append(cures, coolingCure)
	}
	return verdict{odd, strings.Join(found, "\n"), strings.Join(cures, "\n")}
}

// inWords explains the firmware's bits.
func inWords(t board.Throttling) string {
	var words []string
	for _, bit := range []struct {
		is   board.Throttling
		text string
	}{
		{board.UnderVoltage, "under-voltage (below 4.63 V)"},
		{board.Capped, "clock capped"},
		{board.Throttled, "clock turned down"},
		{board.SoftLimit, "soft limit of the temperature reached"},
	} {
		if t&bit.is != 0 {
			words = append(words, bit.text)
		}
	}
	return strings.Join(words, ", ")
}

func (e *examination) memoryCgroup() verdict {
	return e.kernelFeature(e.board().MemoryCgroup(), "cgroup_enable=memory")
}

func (e *examination) pressure() verdict {
	return e.kernelFeature(e.board().Pressure(), "psi=1")
}

// kernelFeature judges what a word on the kernel's command line turns on.
func (e *examination) kernelFeature(state board.State, option string) verdict {
	switch state {
	case board.Unknown:
		return verdict{}
	case board.On:
		return verdict{fine, "on", ""}
	}
	file := e.board().BootFile()
	running, next := e.board().BootOption(option)
	switch {
	case running:
		return verdict{odd, "off, although the kernel was started with " + option, "update the kernel: sudo apt full-upgrade && sudo reboot"}
	case next:
		return verdict{odd, "off until the next start: " + file + " has " + option, "sudo reboot"}
	case file == "":
		return verdict{odd, "off", e.onTheHost("add " + option + " to the kernel's command line and reboot")}
	}
	return verdict{odd, "off", appendOption(file, option) + " && sudo reboot"}
}

// appendOption is what to type so that the kernel starts with an option: the file
// is one line.
func appendOption(file, option string) string {
	return fmt.Sprintf("sudo sed -i '1s/$/ %s/' %s", option, file)
}

// onTheHost says where a cure belongs that a container cannot have.
func (e *examination) onTheHost(cure string) string {
	if e.board().Container() != "" {
		return "on the host: " + cure
	}
	return cure
}

func (e *examination) swap() verdict {
	b := e.board()
	if b.Container() != "" {
		return verdict{} // the host's
	}
	v := verdict{fine, "none", ""}
	var found []string
	for _, s := range b.Swaps() {
		text := fmt.Sprintf("%s, %s, %s used", s.Path, gigabytes(s.Size), gigabytes(s.Used))
		if s.Disk.Kind != board.UnknownDisk && s.Disk.Kind != board.Zram {
			text += ", on " + s.Disk.String()
		}
		found = append(found, text)
		if s.Disk.Kind == board.SDCard {
			v.grade, v.cure = odd, e.swapCure(s.Path)
		}
	}
	if len(found) > 0 {
		v.found = strings.Join(found, "\n")
	}
	return v
}

// swapCure puts zram in the place of a swap file, with the tools that the system
// has for it.
func (e *examination) swapCure(path string) string {
	has := func(name string) bool {
		_, err := fs.Stat(e.machine.root, name)
		return err == nil
	}
	switch {
	case has("etc/rpi/swap.conf"): // trixie
		return `printf '[Main]\nMechanism=zram\n' | sudo tee -a /etc/rpi/swap.conf && sudo reboot`
	case has("etc/dphys-swapfile"): // up to bookworm
		return "sudo systemctl disable --now dphys-swapfile && sudo apt install zram-tools"
	}
	return "sudo swapoff " + path + ", remove its line from /etc/fstab, and sudo apt install zram-tools"
}

// earliest is a day before which no clock is right.
var earliest = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (e *examination) clock() verdict {
	now, state := e.machine.now(), e.machine.clockSet()
	v := verdict{fine, now.Format("2006-01-02 15:04 MST"), ""}
	switch {
	case now.Before(earliest):
		v.grade, v.found = odd, v.found+" is long past"
	case state == board.On:
		v.found += ", set by a time server"
	case state == board.Off && e.board().HasClock() && !e.board().IsRaspberryPi(): // a Pi 5's may have no battery
		v.found += ", by the machine's own clock"
	case state == board.Off:
		v.grade, v.found = odd, v.found+", and no time server has set it"
	}
	if v.grade == odd {
		v.cure = e.onTheHost("sudo timedatectl set-ntp true, and let the machine reach a time server")
	}
	return v
}

func gigabytes(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
