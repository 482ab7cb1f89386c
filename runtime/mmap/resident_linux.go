package mmap

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// Resident is how many bytes of the file are in memory and in this process's page
// tables now. It reads /proc/self/smaps: mincore(2) claims that all pages are
// there when the caller neither owns the file nor may write it (Linux 5.2 and
// later), which is just what a service should not.
func (f *File) Resident() (int64, error) {
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return 0, err
	}
	defer smaps.Close()
	begin := uint64(addressOf(f.data))
	return residentIn(bufio.NewScanner(smaps), begin, begin+uint64(len(f.data)))
}

// residentIn sums the Rss lines of the mappings that begin in [begin, end):
// locking or advising parts of a file splits its mapping.
//
//	7f1c5a000000-7f1c5fdce000 r--s 00000000 fe:00 131 /var/lib/llamad/models/a.gguf
//	Size:              96056 kB
//	Rss:               40112 kB
func residentIn(smaps *bufio.Scanner, begin, end uint64) (int64, error) {
	var total int64
	ours := false
	for smaps.Scan() {
		line := smaps.Bytes()
		if kilobytes, ok := bytes.CutPrefix(line, []byte("Rss:")); ok {
			if !ours {
				continue
			}
			n, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(kilobytes, []byte("kB")))), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("smaps: line %q: expected a number of kB: %w", line, err)
			}
			total += n << 10
			continue
		}
		if address, _, ok := bytes.Cut(line, []byte("-")); ok {
			if at, err := strconv.ParseUint(string(address), 16, 64); err == nil {
				ours = at >= begin && at < end
			}
		}
	}
	return total, smaps.Err()
}
