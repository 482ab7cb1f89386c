package memory

import (
	"path"
	"strings"
)

// limits is what each control group leaves the process that has it or one above
// it in a limit: version 2 (the unified hierarchy), version 1's memory
// controller, or both where a system has both.
func (s System) limits() []Room {
	var rooms []Room
	for _, m := range s.mounts() {
		group, ok := s.group(m)
		if !ok {
			continue
		}
		for at := group; ; at = path.Dir(at) {
			if room, limited := m.version.room(s, path.Join(m.point, at)); limited {
				room.From += " of " + at
				rooms = append(rooms, room)
			}
			if at == "/" {
				break
			}
		}
	}
	return rooms
}

// version is how one version of control groups spells what both have.
type version struct {
	limits      []string // files; the least counts
	usage       string   // file
	reclaimable []string // lines of memory.stat that count the group and all below it
}

var (
	version2 = &version{
		limits:      []string{"memory.max", "memory.high"},
		usage:       "memory.current",
		reclaimable: []string{"active_file", "inactive_file", "slab_reclaimable"},
	}
	version1 = &version{
		limits:      []string{"memory.limit_in_bytes"},
		usage:       "memory.usage_in_bytes",
		reclaimable: []string{"total_active_file", "total_inactive_file"},
	}
)

// room is what a group still has: its limit, less what it uses and could not give
// back. memory.high is a limit too: beyond it the kernel slows a group down until
// it stands still.
func (v *version) room(s System, dir string) (room Room, limited bool) {
	for _, file := range v.limits {
		limit, ok := s.number(path.Join(dir, file))
		// "max" is none. Version 1 has the largest number of pages instead, which
		// leaves more room than any machine has.
		if ok && (!limited || limit < room.Bytes) {
			room, limited = Room{limit, file}, true
		}
	}
	if !limited {
		return Room{}, false
	}
	used, _ := s.number(path.Join(dir, v.usage))
	stat := s.table(path.Join(dir, "memory.stat"))
	for _, name := range v.reclaimable {
		used -= stat[name]
	}
	room.Bytes = max(room.Bytes-max(used, 0), 0)
	return room, true
}

// mount is where control groups are seen.
type mount struct {
	version *version
	root    string // the group that is seen at point: not / in a container
	point   string // without the leading slash
}

// mounts finds those that count memory in /proc/self/mountinfo:
//
//	31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
//	35 31 0:32 /docker/8a2b /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
func (s System) mounts() (list []mount) {
	for line := range s.lines("proc/self/mountinfo") {
		where, what, _ := strings.Cut(line, " - ")
		place, kind := strings.Fields(where), strings.Fields(what)
		if len(place) < 5 || len(kind) < 3 {
			continue
		}
		m := mount{root: place[3], point: strings.TrimPrefix(place[4], "/")}
		switch {
		case kind[0] == "cgroup2":
			m.version = version2
		case kind[0] == "cgroup" && has(kind[2], "memory"):
			m.version = version1
		default:
			continue
		}
		list = append(list, m)
	}
	return list
}

// group is the process's group below a mount. One that is not to be seen there,
// as in a container that shares the host's names, is at the mount itself.
//
//	0::/system.slice/llamad.service
//	4:memory:/docker/8a2b
func (s System) group(m mount) (group string, ok bool) {
	for line := range s.lines("proc/self/cgroup") {
		_, rest, _ := strings.Cut(line, ":")
		controllers, at, _ := strings.Cut(rest, ":")
		if m.version == version2 && !strings.HasPrefix(line, "0::") || m.version == version1 && !has(controllers, "memory") {
			continue
		}
		below, visible := strings.CutPrefix(at, strings.TrimSuffix(m.root, "/"))
		if !visible || below != "" && below[0] != '/' || strings.HasPrefix(below, "/..") {
			below = "/"
		}
		return path.Join("/", below), true
	}
	return "", false
}

// has tells whether a list with commas between holds a word.
func has(list, word string) bool {
	return strings.Contains(","+list+",", ","+word+",")
}
