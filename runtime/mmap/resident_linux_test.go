package mmap

import (
	"bufio"
	"strings"
	"testing"
)

func TestResidentIn(t *testing.T) {
	const smaps = `00400000-00c3b000 r-xp 00000000 fe:00 1234   /usr/bin/llamad
Size:               8428 kB
Rss:                4000 kB
VmFlags: rd ex mr mw me
7f0000000000-7f0000100000 r--s 00000000 fe:00 99   /models/a-b.gguf
Size:               1024 kB
Rss:                 512 kB
Pss:                 512 kB
7f0000100000-7f0000200000 r--s 00100000 fe:00 99   /models/a-b.gguf
Rss:                  64 kB
7f0000200000-7f0000300000 r--s 00000000 fe:00 98   /models/other.gguf
Rss:                  32 kB
`
	for _, c := range []struct {
		text       string
		begin, end uint64
		want       int64
	}{
		{smaps, 0x7f0000000000, 0x7f0000200000, 576 << 10},
		{smaps, 0x7f0000200000, 0x7f0000200001, 32 << 10},
		{smaps, 0x500000, 0x600000, 0},
		{"", 0, 1, 0},
	} {
		if got, err := residentIn(bufio.NewScanner(strings.NewReader(c.text)), c.begin, c.end); got != c.want || err != nil {
			t.Errorf("%x-%x: %d, %v; want %d", c.begin, c.end, got, err, c.want)
		}
	}
	broken := strings.Replace(smaps, "512 kB", "many kB", 1)
	if _, err := residentIn(bufio.NewScanner(strings.NewReader(broken)), 0x7f0000000000, 0x7f0000200000); err == nil {
		t.Error("a line that is no number passed")
	}
}
