//go:build vm

package vm

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// machine is a running board. Its disk is a copy of the image that is forgotten
// with the machine; it has no network but its own loopback.
type machine struct {
	t     *testing.T // of the step that runs
	agent *agent
	cargo map[string]string
}

// options are what a board is made of.
type options struct {
	memoryMB int
	// cargo are files of this machine that unload copies to the board, by names of
	// at most 20 characters.
	cargo map[string]string
}

// boot starts a board and waits until it is up. It is switched off when the test
// ends; of a test that failed, the ends of its log and of its console are shown.
func boot(t *testing.T, o options) *machine {
	t.Helper()
	image := os.Getenv("LLAMAD_TEST_IMAGE")
	if image == "" {
		t.Fatal("LLAMAD_TEST_IMAGE is not set: run make test-vm")
	}
	dir := t.TempDir()
	console := filepath.Join(dir, "console")
	args := []string{
		"-M", "virt", "-cpu", "cortex-a76", "-smp", "2", "-m", fmt.Sprint(o.memoryMB),
		"-kernel", filepath.Join(image, "vmlinuz"), "-initrd", filepath.Join(image, "initrd.img"),
		"-append", "root=LABEL=root rw console=ttyAMA0 TERM=dumb",
		"-drive", "if=virtio,format=raw,snapshot=on,file=" + filepath.Join(image, "root.ext4"),
		"-nic", "none", "-display", "none", "-monitor", "none", "-serial", "file:" + console,
		"-chardev", "socket,id=agent,fd=3",
		"-device", "virtio-serial", "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
	}
	for name, path := range o.cargo {
		args = append(args, "-drive", fmt.Sprintf("if=none,format=raw,readonly=on,id=%s,file=%s", name, path),
			"-device", fmt.Sprintf("virtio-blk,drive=%s,serial=%s", name, name))
	}
	agent, theirs := newAgent(t)
	var said bytes.Buffer
	qemu := exec.Command("qemu-system-aarch64", args...)
	qemu.Env = append(os.Environ(), "TMPDIR="+dir) // of the snapshot
	qemu.ExtraFiles = []*os.File{theirs}
	qemu.Stdout, qemu.Stderr = &said, &said
	qemu.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a test that is killed cleans nothing up
	if err := qemu.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	t.Cleanup(func() {
		var log result
		if t.Failed() {
			log, _ = agent.run("journalctl -b --no-pager -o short-monotonic | grep -v qemu-ga | tail -n 400", time.Minute)
		}
		_ = qemu.Process.Kill()
		_ = qemu.Wait()
		agent.close()
		if t.Failed() {
			t.Logf("qemu said %q; the end of the log:\n%s\nthe end of the console:\n%s", said.String(), log.out, tail(console, 50))
		}
	})
	m := &machine{t, agent, o.cargo}
	m.awaitBoot("")
	return m
}

const (
	bootPatience    = 15 * time.Minute // a boot takes 40 s on two quiet cores
	commandPatience = 10 * time.Minute
)

const bootID = "cat /proc/sys/kernel/random/boot_id"

// awaitBoot waits for the end of a boot other than the one that is given.
func (m *machine) awaitBoot(last string) {
	m.t.Helper()
	start := time.Now()
	for {
		err := m.agent.ping(time.Second)
		var r result
		if err == nil {
			r, err = m.agent.run(bootID+"; systemctl is-system-running", 20*time.Second)
		}
		id, state, _ := strings.Cut(strings.TrimSpace(r.out), "\n")
		switch {
		case errors.Is(err, errGone):
			m.t.Fatal(err)
		case id != last && (state == "running" || state == "degraded"):
			// A unit that has nothing to do on this board may fail.
			m.t.Logf("booted in %.0f s: %s, %s", time.Since(start).Seconds(), state, m.sh("uname -r; getconf PAGESIZE"))
			return
		case time.Since(start) > bootPatience:
			m.t.Fatalf("the board did not boot within %v: %v: %q", bootPatience, err, r.out)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// reboot shuts the board down in order and waits until it is up again.
func (m *machine) reboot() {
	m.t.Helper()
	last := m.sh(bootID)
	_, _ = m.agent.run("systemctl reboot", 5*time.Second) // it may be gone before it answers
	m.awaitBoot(last)
}

// unload copies a file of the cargo to the board.
func (m *machine) unload(name, path string) {
	m.t.Helper()
	info, err := os.Stat(m.cargo[name])
	if err != nil {
		m.t.Fatal(err)
	}
	// A disk ends with a whole sector, the file need not.
	m.sh("dd if=/dev/disk/by-id/virtio-%s of=%s bs=1M count=%d iflag=count_bytes status=none", name, path, info.Size())
}

// try runs a shell's command as root.
func (m *machine) try(format string, args ...any) result {
	m.t.Helper()
	command := fmt.Sprintf(format, args...)
	r, err := m.agent.run(command, commandPatience)
	if err != nil {
		m.t.Fatalf("%s: %v", command, err)
	}
	return r
}

// sh is try of a command that succeeds. It returns what the command printed,
// without the end of the last line.
func (m *machine) sh(format string, args ...any) string {
	m.t.Helper()
	r := m.try(format, args...)
	if r.code != 0 {
		m.t.Fatalf("%s: exit %d\n%s%s", fmt.Sprintf(format, args...), r.code, r.out, r.err)
	}
	return strings.TrimSuffix(r.out, "\n")
}

// background starts a shell's command that the board goes on with by itself.
func (m *machine) background(format string, args ...any) {
	m.t.Helper()
	m.sh("(%s) </dev/null >/dev/null 2>&1 &", fmt.Sprintf(format, args...))
}

// is checks what a command prints.
func (m *machine) is(want, format string, args ...any) {
	m.t.Helper()
	if r := m.try(format, args...); strings.TrimSuffix(r.out, "\n") != want {
		m.t.Errorf("%s: exit %d\n%s%s\nexpected:\n%s", fmt.Sprintf(format, args...), r.code, r.out, r.err, want)
	}
}

// until repeats a command until accept takes what it prints.
func (m *machine) until(accept func(out string) bool, format string, args ...any) string {
	m.t.Helper()
	for deadline := time.Now().Add(commandPatience); ; time.Sleep(200 * time.Millisecond) {
		r := m.try(format, args...)
		if out := strings.TrimSuffix(r.out, "\n"); accept(out) {
			return out
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("%s: not as awaited within %v; the last was exit %d\n%s%s", fmt.Sprintf(format, args...), commandPatience, r.code, r.out, r.err)
		}
	}
}

// step is a part of a story that rests on the parts before it.
type step struct {
	name string
	do   func()
}

// steps tells a story; the first step that fails is the last.
func (m *machine) steps(all ...step) {
	whole := m.t
	defer func() { m.t = whole }()
	for i, s := range all {
		if !whole.Run(fmt.Sprintf("%02d %s", i+1, s.name), func(t *testing.T) { m.t = t; s.do() }) {
			return
		}
	}
}

func tail(path string, lines int) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(string(b), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
