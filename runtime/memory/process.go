package memory

import (
	"io/fs"
	"strconv"
	"strings"
)

// Process is what this process has taken, in bytes; what cannot be read is 0.
type Process struct {
	Anonymous int64 // memory that is no page of a file: Go's heap, KV caches, scratch; swapped or not
	Mapped    int64 // resident pages of files: of the program and of the model
	Locked    int64 // pages that the kernel may not take back
}

// Process asks the kernel, which has these figures ready: smaps has finer ones and
// goes through every page for them, which takes as long as decoding a token does.
func (s System) Process() Process {
	status := s.table("proc/self/status")
	return Process{
		Anonymous: (status["RssAnon:"] + status["VmSwap:"]) << 10,
		Mapped:    (status["RssFile:"] + status["RssShmem:"]) << 10, // a file of a tmpfs is the latter
		Locked:    status["VmLck:"] << 10,
	}
}

// Program is the size of the mapped executable, nearly all of which is resident in
// a process that has worked.
//
//	00400000-00c3b000 r-xp 00000000 fe:00 1234   /usr/bin/llamad
func (s System) Program() (size int64) {
	path, err := fs.ReadLink(s.root, "proc/self/exe")
	if err != nil {
		return 0
	}
	for line := range s.lines("proc/self/maps") {
		addresses, rest, _ := strings.Cut(line, " ")
		if !strings.HasSuffix(rest, " "+path) {
			continue
		}
		begin, end, _ := strings.Cut(addresses, "-")
		from, err1 := strconv.ParseUint(begin, 16, 64)
		to, err2 := strconv.ParseUint(end, 16, 64)
		if err1 == nil && err2 == nil && to > from {
			size += int64(to - from)
		}
	}
	return size
}
