package memory

import (
	"io/fs"
	"os"
)

// System is a machine as its /proc and /sys show it.
type System struct{ root fs.FS }

// Host is this machine.
func Host() System { return System{os.DirFS("/")} }

// At is a machine whose files lie below root: proc/meminfo, sys/fs/cgroup/...
func At(root fs.FS) System { return System{root} }

// Room is how much more memory this process could take.
type Room struct {
	Bytes int64
	From  string // what says so, in the words of the system: "MemAvailable", "memory.max of /system.slice/llamad.service"
}

// Room asks the machine and every control group that the process is in, each
// time anew.
func (s System) Room() Room {
	room := s.machine()
	for _, limit := range s.limits() {
		if limit.Bytes < room.Bytes {
			room = limit
		}
	}
	return room
}

// machine is what the whole machine can spare. A kernel before 3.14 has no
// MemAvailable, and what it is made of stands in for it; where /proc is hidden
// (ProcSubset=pid of systemd), a system call knows at least what is unused.
func (s System) machine() Room {
	meminfo := s.table("proc/meminfo")
	kilobytes := func(name string) int64 { return max(meminfo[name+":"], 0) << 10 }
	if _, known := meminfo["MemAvailable:"]; known {
		return Room{kilobytes("MemAvailable"), "MemAvailable"}
	}
	if _, known := meminfo["MemFree:"]; known {
		// Page cache, without what only swap could take: files in memory.
		cache := kilobytes("Cached") + kilobytes("Buffers") - kilobytes("Shmem")
		return Room{kilobytes("MemFree") + max(cache, 0) + kilobytes("SReclaimable"), "MemFree and page cache"}
	}
	return unused()
}
