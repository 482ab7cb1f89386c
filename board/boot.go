package board

import "strings"

// State is whether the kernel does something.
type State int

const (
	Unknown State = iota // nobody says
	Off
	On
)

// MemoryCgroup says whether the kernel can hold a group of processes to a limit of
// memory. /proc/cgroups is not asked: kernels from 6.12 on list version 1 there.
func (b Board) MemoryCgroup() State {
	controllers, v2 := b.text("sys/fs/cgroup/cgroup.controllers")
	switch {
	case v2 && has(controllers, "memory"), b.exists("sys/fs/cgroup/memory"): // version 1
		return On
	case v2:
		return Off
	}
	return Unknown
}

// Pressure says whether the kernel measures how long processes wait for memory
// (PSI).
func (b Board) Pressure() State {
	switch {
	case b.exists("proc/pressure/memory"):
		return On
	case b.exists("proc/sys/kernel/osrelease"):
		return Off
	}
	return Unknown
}

// BootOption says where a word of the kernel's command line stands: in what the
// kernel was started with, and in the file that it will be started with next.
func (b Board) BootOption(option string) (running, next bool) {
	line, _ := b.text("proc/cmdline")
	file, _ := b.text(strings.TrimPrefix(b.BootFile(), "/"))
	return has(line, option), has(file, option)
}

// BootFile is the file with the kernel's command line of a Raspberry Pi, "" on
// other machines. Since bookworm the one in /boot only says where the other is.
func (b Board) BootFile() string {
	for _, file := range []string{"/boot/firmware/cmdline.txt", "/boot/cmdline.txt"} {
		if b.exists(file[1:]) {
			return file
		}
	}
	return ""
}

// has looks for a word.
func has(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}
