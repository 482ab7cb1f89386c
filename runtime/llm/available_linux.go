package llm

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// available is the memory this process could still use, in bytes: what the
// kernel calls available, or what the cgroup allows beyond what it cannot
// reclaim, whichever is less.
func available() int64 {
	free := field("/proc/meminfo", "MemAvailable:") << 10
	if room, ok := cgroupRoom("/sys/fs/cgroup", "/proc/self/cgroup"); ok && room < free {
		return room
	}
	return free
}

// cgroupRoom looks at cgroup v2: the limit of the process's group and of those
// above it, less what is anonymous, unevictable or the kernel's. Page cache does
// not count, the kernel takes it back.
func cgroupRoom(root, self string) (room int64, limited bool) {
	line, err := os.ReadFile(self)
	if err != nil {
		return 0, false
	}
	_, path, ok := strings.Cut(strings.TrimSpace(string(line)), "0::")
	if !ok {
		return 0, false
	}
	for path = strings.TrimSuffix(path, "/"); ; path = path[:strings.LastIndexByte(path, '/')] {
		dir := root + path
		if text, err := os.ReadFile(dir + "/memory.max"); err == nil {
			if limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); err == nil {
				left := limit - field(dir+"/memory.stat", "anon ") - field(dir+"/memory.stat", "unevictable ") - field(dir+"/memory.stat", "slab ")
				if !limited || left < room {
					room, limited = left, true
				}
			}
		}
		if path == "" {
			return max(room, 0), limited
		}
	}
}

// field reads the number behind a name at the beginning of a line; 0 where it
// cannot be read.
func field(file, name string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
			words := bytes.Fields(rest)
			if len(words) == 0 {
				return 0
			}
			n, _ := strconv.ParseInt(string(words[0]), 10, 64)
			return n
		}
	}
	return 0
}

// anonymous is the anonymous memory of this process, in bytes.
func anonymous() int64 { return field("/proc/self/status", "RssAnon:") << 10 }
