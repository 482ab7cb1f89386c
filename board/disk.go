package board

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Disk is what holds a file.
type Disk struct {
	Mount      string // where its file system is mounted
	FileSystem string // "ext4"
	Device     string // "mmcblk0"; "" where there is none, or none that a container may see
	Kind       Kind
	Model      string // "SC32G"; "" where nobody says
}

// Kind is what a disk is made of.
type Kind string

const (
	UnknownDisk Kind = ""
	SDCard      Kind = "SD card"
	EMMC        Kind = "eMMC"
	NVMe        Kind = "NVMe disk"
	SSD         Kind = "SSD or USB stick"
	HardDisk    Kind = "hard disk"
	Virtual     Kind = "virtual disk"
	Zram        Kind = "zram"
	Network     Kind = "network"
	InMemory    Kind = "memory"
)

// String is what a person calls it: "SD card mmcblk0 (SC32G)".
func (d Disk) String() string {
	s := string(d.Kind)
	switch {
	case s == "":
		s = d.Device
	case d.Device != "":
		s += " " + d.Device
	}
	if s == "" {
		return d.FileSystem + " on " + d.Mount
	}
	if d.Model != "" {
		s += " (" + d.Model + ")"
	}
	return s
}

// remote and volatile are the file systems without a disk.
var (
	remote   = "nfs nfs4 cifs smb3 9p fuse.sshfs ceph virtiofs"
	volatile = "tmpfs ramfs devtmpfs"
)

// DiskOf finds the disk of a file by its absolute path, in which no symbolic link is
// left.
func (b Board) DiskOf(name string) Disk {
	var d Disk
	var number, source string
	for _, line := range b.lines("proc/self/mountinfo") {
		// id, parent, major:minor, root, mount point, options..., "-", type, source, options
		before, after, _ := strings.Cut(line, " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if len(left) < 5 || len(right) < 2 {
			continue
		}
		mount := unescape(left[4])
		if under(name, mount) && len(mount) >= len(d.Mount) {
			d = Disk{Mount: mount, FileSystem: right[0]}
			number, source = left[2], right[1]
		}
	}
	switch {
	case has(remote, d.FileSystem):
		d.Kind = Network
	case has(volatile, d.FileSystem):
		d.Kind = InMemory
	default:
		b.identify(&d, b.device(number, source))
	}
	return d
}

// under says whether a file lies in a directory.
func under(name, dir string) bool {
	return dir == "/" || name == dir || strings.HasPrefix(name, dir+"/")
}

// unescape undoes the octal escapes of mountinfo: \040 is a space.
func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// device is the name of the whole disk with the number "179:2", or else with the
// name /dev/mmcblk0p2: btrfs numbers its mounts otherwise, and /dev/root is no name.
func (b Board) device(number, source string) string {
	partition, byName := strings.CutPrefix(source, "/dev/")
	disks, _ := fs.ReadDir(b.root, "sys/block")
	for _, disk := range disks {
		dir := "sys/block/" + disk.Name()
		if byName && (disk.Name() == partition || b.exists(dir+"/"+partition+"/dev")) || b.numbered(dir+"/dev", number) {
			return disk.Name()
		}
		partitions, _ := fs.Glob(b.root, dir+"/*/dev")
		for _, p := range partitions {
			if b.numbered(p, number) {
				return disk.Name()
			}
		}
	}
	return ""
}

func (b Board) numbered(file, number string) bool {
	n, ok := b.text(file)
	return ok && n == number
}

// identify says what a device is. Encryption and LVM are looked through.
func (b Board) identify(d *Disk, device string) {
	const layers = 4 // of device mapper, more than anybody has
	for range layers {
		below, _ := fs.ReadDir(b.root, "sys/block/"+device+"/slaves")
		if len(below) == 0 {
			break
		}
		device = b.device("", "/dev/"+below[0].Name())
	}
	d.Device = device
	dir := "sys/block/" + device + "/"
	d.Model, _ = b.text(dir + "device/model")
	rotates, _ := b.number(dir + "queue/rotational")
	switch kind, _ := b.text(dir + "device/type"); {
	case device == "":
	case strings.HasPrefix(device, "mmcblk"):
		d.Kind = SDCard
		if kind == "MMC" {
			d.Kind = EMMC
		}
		d.Model, _ = b.text(dir + "device/name")
	case strings.HasPrefix(device, "nvme"):
		d.Kind = NVMe
	case strings.HasPrefix(device, "vd"):
		d.Kind = Virtual
	case strings.HasPrefix(device, "zram"):
		d.Kind = Zram
	case strings.HasPrefix(device, "sd") && rotates == 1:
		d.Kind = HardDisk
	case strings.HasPrefix(device, "sd"):
		d.Kind = SSD
	}
}

// Swap is a place where memory is put that is needed elsewhere.
type Swap struct {
	Path       string // "/var/swap", "/dev/zram0"
	Size, Used int64  // bytes
	Disk       Disk
}

// Swaps are those in use.
func (b Board) Swaps() []Swap {
	var all []Swap
	for _, line := range b.lines("proc/swaps") {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		size, err := strconv.ParseInt(f[2], 10, 64) // KiB
		if err != nil {
			continue // the heading
		}
		used, _ := strconv.ParseInt(f[3], 10, 64)
		s := Swap{Path: unescape(f[0]), Size: size << 10, Used: used << 10}
		if f[1] == "partition" {
			b.identify(&s.Disk, b.device("", "/dev/"+path.Base(s.Path)))
		} else {
			s.Disk = b.DiskOf(s.Path)
		}
		all = append(all, s)
	}
	return all
}
