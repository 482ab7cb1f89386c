package memory

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestProcess(t *testing.T) {
	s := tree(map[string]string{"proc/self/status": "Name:\tllamad\nVmLck:\t   93824 kB\nVmRSS:\t  140000 kB\nRssAnon:\t   40960 kB\nRssFile:\t   99040 kB\nRssShmem:\t      32 kB\nVmSwap:\t    2048 kB\n"})
	if got, want := s.Process(), (Process{Anonymous: 42 * mib, Mapped: 99072 << 10, Locked: 93824 << 10}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := tree(nil).Process(); got != (Process{}) {
		t.Errorf("without /proc: %+v", got)
	}
}

func TestProgram(t *testing.T) {
	const maps = `00400000-00800000 r-xp 00000000 fe:00 1234                               /opt/my llamad
00800000-00c00000 r--p 00400000 fe:00 1234                               /opt/my llamad
00c00000-00c10000 rw-p 00800000 fe:00 1234                               /opt/my llamad
00c10000-00c40000 rw-p 00000000 00:00 0
7f0000000000-7f0006000000 r--s 00000000 fe:00 99                         /models/llamad
7ffd1c9e4000-7ffd1ca05000 rw-p 00000000 00:00 0                          [stack]
zz-1 r--p 00000000 fe:00 1234 /opt/my llamad
`
	for _, test := range []struct {
		exe  string
		want int64
	}{{"/opt/my llamad", 0x810000}, {"/models/llamad", 0x6000000}, {"/elsewhere", 0}, {"", 0}} {
		root := fstest.MapFS{"proc/self/maps": {Data: []byte(maps)}}
		if test.exe != "" {
			root["proc/self/exe"] = &fstest.MapFile{Data: []byte(test.exe), Mode: fs.ModeSymlink}
		}
		if got := At(root).Program(); got != test.want {
			t.Errorf("%q: %d bytes, want %d", test.exe, got, test.want)
		}
	}
}
