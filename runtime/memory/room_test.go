package memory

import (
	"strings"
	"testing"
	"testing/fstest"
)

// tree is a file system of files with a text each.
func tree(files map[string]string) System {
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return At(root)
}

const (
	mib = 1 << 20

	// A Raspberry Pi with 512 MB and, as its Debian 13 has it, swap in compressed memory.
	zero2 = `MemTotal:         425816 kB
MemFree:           61440 kB
MemAvailable:     204800 kB
Buffers:           10240 kB
Cached:           153600 kB
SwapCached:            0 kB
SwapTotal:        425812 kB
SwapFree:         425812 kB
Shmem:             20480 kB
SReclaimable:       8192 kB
`
	unified = "31 23 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
	service = "0::/system.slice/llamad.service\n"
	own     = "sys/fs/cgroup/system.slice/llamad.service/"
	slice   = "sys/fs/cgroup/system.slice/"

	// What version 1 has for no limit.
	endless = "9223372036854771712\n"
)

func TestRoom(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		bytes int64
		from  string
	}{
		{"stock Raspberry Pi OS: the memory controller is off", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "cgroup.procs": "1\n",
		}, 200 * mib, "MemAvailable"},
		{"no control groups at all", map[string]string{"proc/meminfo": zero2}, 200 * mib, "MemAvailable"},
		{"nothing is available", map[string]string{"proc/meminfo": "MemFree: 61440 kB\nMemAvailable: 0 kB\n"}, 0, "MemAvailable"},
		{"a kernel before MemAvailable", map[string]string{
			"proc/meminfo": strings.Replace(zero2, "MemAvailable", "Nothing", 1),
		}, (60 + 10 + 150 - 20 + 8) * mib, "MemFree and page cache"},

		{"no limit is set", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "max\n", own + "memory.high": "max\n", own + "memory.current": "104857600\n",
		}, 200 * mib, "MemAvailable"},
		{"a limit, half of it page cache", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "134217728\n", own + "memory.current": "104857600\n",
			own + "memory.stat": "anon 20971520\nfile 73400320\nslab_reclaimable 1048576\nslab_unreclaimable 4194304\ninactive_file 41943040\nactive_file 20971520\nunevictable 0\n",
		}, (128 - (100 - 40 - 20 - 1)) * mib, "memory.max of /system.slice/llamad.service"},
		{"locked weights are page cache that nobody gets back", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "134217728\n", own + "memory.current": "104857600\n",
			own + "memory.stat": "anon 20971520\nfile 73400320\ninactive_file 0\nactive_file 10485760\nunevictable 62914560\n",
		}, (128 - (100 - 10)) * mib, "memory.max of /system.slice/llamad.service"},
		{"the kernel would slow us down before it kills", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "134217728\n", own + "memory.high": "67108864\n", own + "memory.current": "20971520\n", own + "memory.stat": "anon 20971520\n",
		}, (64 - 20) * mib, "memory.high of /system.slice/llamad.service"},
		{"the group above has less left, for others are in it", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "134217728\n", own + "memory.current": "20971520\n", own + "memory.stat": "anon 20971520\n",
			slice + "memory.max": "209715200\n", slice + "memory.current": "188743680\n", slice + "memory.stat": "anon 178257920\ninactive_file 10485760\n",
		}, (200 - (180 - 10)) * mib, "memory.max of /system.slice"},
		{"a group that has more than the machine", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "1073741824\n", own + "memory.current": "0\n",
		}, 200 * mib, "MemAvailable"},
		{"a group beyond its limit", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service,
			own + "memory.max": "67108864\n", own + "memory.current": "71303168\n", own + "memory.stat": "anon 71303168\n",
		}, 0, "memory.max of /system.slice/llamad.service"},
		{"a group whose use cannot be read", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": service, own + "memory.max": "67108864\n",
		}, 64 * mib, "memory.max of /system.slice/llamad.service"},
		{"a container with names of its own", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": "0::/\n",
			"sys/fs/cgroup/memory.max": "67108864\n", "sys/fs/cgroup/memory.current": "1048576\n",
		}, 63 * mib, "memory.max of /"},
		{"a container that sees its own group under the host's names", map[string]string{
			"proc/meminfo":             zero2,
			"proc/self/mountinfo":      strings.Replace(unified, " / /sys", " /docker/8a2b /sys", 1),
			"proc/self/cgroup":         "0::/docker/8a2b\n",
			"sys/fs/cgroup/memory.max": "67108864\n",
		}, 64 * mib, "memory.max of /"},
		{"a group outside of what is to be seen", map[string]string{
			"proc/meminfo": zero2, "proc/self/mountinfo": unified, "proc/self/cgroup": "0::/../elsewhere\n",
			"sys/fs/cgroup/memory.max": "67108864\n",
		}, 64 * mib, "memory.max of /"},

		{"version 1, as in containers of older hosts", map[string]string{
			"proc/meminfo":        zero2,
			"proc/self/mountinfo": "34 31 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n35 31 0:32 /docker/8a2b /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n",
			"proc/self/cgroup":    "5:memory:/docker/8a2b\n4:cpu,cpuacct:/docker/8a2b\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "134217728\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes": "104857600\n",
			"sys/fs/cgroup/memory/memory.stat":           "cache 62914560\nrss 41943040\ninactive_file 1\nactive_file 1\ntotal_inactive_file 41943040\ntotal_active_file 20971520\ntotal_unevictable 0\n",
		}, (128 - (100 - 40 - 20)) * mib, "memory.limit_in_bytes of /"},
		{"version 1 beside an empty version 2, the limit in the group above", map[string]string{
			"proc/meminfo":        zero2,
			"proc/self/mountinfo": "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n38 31 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
			"proc/self/cgroup":    "4:memory:/box/deep\n1:name=systemd:/\n0::/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":          endless,
			"sys/fs/cgroup/memory/box/memory.limit_in_bytes":      "104857600\n",
			"sys/fs/cgroup/memory/box/memory.usage_in_bytes":      "10485760\n",
			"sys/fs/cgroup/memory/box/deep/memory.limit_in_bytes": endless,
		}, 90 * mib, "memory.limit_in_bytes of /box"},
		{"lines that make no sense", map[string]string{
			"proc/meminfo": zero2 + "\nHugePages_Total:\nMemFree: many\n", "proc/self/mountinfo": "31 23\n - cgroup2\n" + unified,
			"proc/self/cgroup": "\n::\n0\n0::system.slice\n", own + "memory.max": "lots\n",
		}, 200 * mib, "MemAvailable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := tree(test.files).Room()
			if got.Bytes != test.bytes || got.From != test.from {
				t.Errorf("%.1f MiB from %q, want %.1f MiB from %q", float64(got.Bytes)/mib, got.From, float64(test.bytes)/mib, test.from)
			}
		})
	}
}

// Where no file can be read the kernel is asked, and knows of something.
func TestRoomWithoutProc(t *testing.T) {
	if got := tree(nil).Room(); got.Bytes <= 0 || got.From == "MemAvailable" {
		t.Errorf("%d bytes from %q", got.Bytes, got.From)
	}
}
