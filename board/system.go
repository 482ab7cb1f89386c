package board

import (
	"io"
	"strconv"
	"strings"
)

// System is what runs on the machine.
type System struct {
	Name   string // "Debian GNU/Linux 12 (bookworm)"; "" where nobody says
	Kernel string // "6.12.47+rpt-rpi-2712"
	Page   int64  // bytes that memory is handed out in; 0 where nobody says
	Bits   int    // of its programs, 64 or 32; 0 where /bin/sh is none
}

func (b Board) System() System {
	var s System
	s.Kernel, _ = b.text("proc/sys/kernel/osrelease")
	for _, line := range b.lines("etc/os-release") {
		if name, is := strings.CutPrefix(line, "PRETTY_NAME="); is {
			s.Name = strings.Trim(name, `"'`)
		}
	}
	s.Page = b.kilobytes("proc/self/smaps", "KernelPageSize")
	s.Bits = b.shellBits()
	return s
}

// shellBits is the class of the ELF file that the shell is: a 64-bit kernel runs
// 32-bit systems too.
func (b Board) shellBits() int {
	f, err := b.root.Open("bin/sh")
	if err != nil {
		return 0
	}
	defer f.Close()
	var head [5]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return 0
	}
	switch string(head[:]) {
	case "\x7fELF\x01":
		return 32
	case "\x7fELF\x02":
		return 64
	}
	return 0
}

// Container is the kind of container we are in, "docker", "podman" or the name that
// its manager left; "" outside of one.
func (b Board) Container() string {
	switch name, _ := b.text("run/systemd/container"); {
	case name != "":
		return name
	case b.exists(".dockerenv"):
		return "docker"
	case b.exists("run/.containerenv"):
		return "podman"
	}
	return ""
}

// HasSystemd says whether systemd started the machine, as sd_booted(3) finds out.
func (b Board) HasSystemd() bool { return b.exists("run/systemd/system") }

// HasClock says whether the machine has a clock that goes on without power.
func (b Board) HasClock() bool { return b.exists("sys/class/rtc/rtc0") }

// User is an account of the machine.
type User struct {
	ID     int
	Groups []int // with the primary one
}

// User looks an account up in /etc/passwd and /etc/group.
func (b Board) User(name string) (u User, ok bool) {
	for _, line := range b.lines("etc/passwd") {
		if f := strings.Split(line, ":"); f[0] == name && len(f) > 3 {
			id, err := strconv.Atoi(f[2])
			group, e := strconv.Atoi(f[3])
			u, ok = User{id, []int{group}}, err == nil && e == nil
		}
	}
	for _, line := range b.lines("etc/group") {
		f := strings.Split(line, ":")
		if len(f) < 4 || !has(strings.ReplaceAll(f[3], ",", " "), name) {
			continue
		}
		if id, err := strconv.Atoi(f[2]); err == nil {
			u.Groups = append(u.Groups, id)
		}
	}
	return u, ok
}
