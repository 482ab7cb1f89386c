//go:build deb

package deb

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// file is the path of a file that make test-deb names in the environment.
func file(t *testing.T, variable string) string {
	t.Helper()
	path, err := filepath.Abs(os.Getenv(variable))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		t.Fatalf("%s=%q is no file: run make test-deb", variable, os.Getenv(variable))
	}
	return path
}

// machine is a Debian in a directory.
type machine struct {
	t    *testing.T
	root string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("packages are installed as root: sudo make test-deb")
	}
	m := machine{t, t.TempDir()}
	output(t, exec.Command("tar", "-x", "-C", m.root, "-f", file(t, "LLAMAD_TEST_ROOT")))
	return m
}

// output is what a command of this machine prints.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

// try runs a command of a shell in there.
func (m machine) try(command string) (out string, code int) {
	m.t.Helper()
	cmd := exec.Command("chroot", m.root, "/bin/sh", "-c", command)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"}
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	return strings.TrimSpace(both.String()), cmd.ProcessState.ExitCode()
}

// sh is try of a command that succeeds.
func (m machine) sh(format string, args ...any) string {
	m.t.Helper()
	command := fmt.Sprintf(format, args...)
	out, code := m.try(command)
	if code != 0 {
		m.t.Fatalf("%s: exit %d:\n%s", command, code, out)
	}
	return out
}

// is checks what a command prints.
func (m machine) is(want, command string) {
	m.t.Helper()
	if got := m.sh("%s", command); got != want {
		m.t.Errorf("%s:\n%s\nexpected:\n%s", command, got, want)
	}
}

// dpkg runs it on a package file of this machine.
func (m machine) dpkg(options, deb string) (out string, code int) {
	m.t.Helper()
	content, err := os.ReadFile(deb)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.root, "tmp/llamad.deb"), content, 0o644); err != nil {
		m.t.Fatal(err)
	}
	return m.try("dpkg " + options + " /tmp/llamad.deb; code=$?; rm /tmp/llamad.deb; exit $code")
}

// install is dpkg -i that succeeds.
func (m machine) install(options, deb string) {
	m.t.Helper()
	if out, code := m.dpkg(options+" -i", deb); code != 0 {
		m.t.Fatalf("dpkg %s -i: exit %d:\n%s", options, code, out)
	}
}

// listing is everything below some directories: kind, mode, owner, path, and what
// is in it.
func (m machine) listing(dirs string) map[string]bool {
	m.t.Helper()
	lines := map[string]bool{}
	for line := range strings.Lines(m.sh(`find %[1]s -xdev -printf '%%y %%m %%u:%%g %%p %%l\n'; find %[1]s -xdev -type f -exec md5sum {} +`, dirs)) {
		lines[strings.TrimSpace(line)] = true
	}
	return lines
}

// same checks that two listings do not differ but in paths of which one of the
// allowed is the beginning.
func same(t *testing.T, what string, before, after map[string]bool, allowed ...string) {
	t.Helper()
	differ := func(sign string, a, b map[string]bool) {
		for line := range a {
			ok := b[line]
			for _, path := range allowed {
				ok = ok || strings.Contains(line, " "+path)
			}
			if !ok {
				t.Errorf("%s: %s %s", what, sign, line)
			}
		}
	}
	differ("-", before, after)
	differ("+", after, before)
}
