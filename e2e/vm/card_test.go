//go:build vm

package vm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// card is a filesystem with the files of a directory, as an SD card has them.
func card(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		if err := os.Symlink(f, filepath.Join(dir, filepath.Base(f))); err != nil {
			t.Fatal(err)
		}
	}
	// mke2fs copies symbolic links as such.
	script := `set -eu
PATH=$PATH:/usr/sbin
cp -rL "$1" tree && mke2fs -q -t ext4 -d tree card.ext4 160M && rm -r tree`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", dir)
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(cmd.Dir, "card.ext4")
}

// insert puts the card of the cargo between llamad and its models, by way of a
// device that can be made to fail.
func (m *machine) insert(name, dir string) {
	m.t.Helper()
	m.sh("dmsetup create --readonly card --table %q && mount -o ro,noload /dev/mapper/card %s", m.table(name, "linear"), dir)
}

// eject takes the card out, of which nothing may be in use.
func (m *machine) eject(dir string) {
	m.t.Helper()
	m.sh("umount %s && dmsetup remove --retry card", dir)
}

// table is what becomes of what is read from the card: linear gives it, error
// fails.
func (m *machine) table(name, target string) string {
	m.t.Helper()
	disk := "/dev/disk/by-id/virtio-" + name
	table := fmt.Sprintf("0 %s %s", m.sh("blockdev --getsz %s", disk), target)
	if target == "linear" {
		table += " " + disk + " 0"
	}
	return table
}

// turn makes the card work or fail from now on.
func (m *machine) turn(name, target string) {
	m.t.Helper()
	m.sh("dmsetup load --readonly card --table %q && dmsetup resume --nolockfs --noflush card", m.table(name, target))
}

// hang makes reads from the card wait, until it is turned to something else.
func (m *machine) hang() {
	m.t.Helper()
	m.sh("dmsetup suspend --nolockfs --noflush card")
}

// forget takes the files of services out of memory, so that what is needed is read
// anew.
func (m *machine) forget() {
	m.t.Helper()
	// It fails where there is less to take than that.
	r := m.try("echo 150M >/sys/fs/cgroup/system.slice/memory.reclaim")
	if !strings.Contains(r.err, "unavailable") && r.code != 0 {
		m.t.Fatalf("memory.reclaim: exit %d: %s", r.code, r.err)
	}
}
