//go:build deb

package deb

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	config  = "/etc/llamad/llamad.toml"
	atBoot  = "/etc/systemd/system/multi-user.target.wants/llamad.service"
	kitchen = "/etc/systemd/system/multi-user.target.wants/llamad@kitchen.service"
	ours    = "/etc/llamad /var/lib/llamad" // where users and the service leave something
)

// repacked is the package with changes to what is in it.
func repacked(t *testing.T, deb string, change func(root string)) string {
	t.Helper()
	dir := t.TempDir()
	root, out := filepath.Join(dir, "root"), filepath.Join(dir, "llamad.deb")
	output(t, exec.Command("dpkg-deb", "--raw-extract", deb, root))
	change(root)
	output(t, exec.Command("dpkg-deb", "--root-owner-group", "-Znone", "--build", root, out))
	return out
}

// edit replaces the first old in a file.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(content), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newer is the package as it may look some day, with another example of a
// configuration.
func newer(t *testing.T, deb string) string {
	return repacked(t, deb, func(root string) {
		edit(t, filepath.Join(root, "DEBIAN/control"), "\nVersion: ", "\nVersion: 9")
		edit(t, filepath.Join(root, config), "\n", "\n# Another word about every setting.\n")
	})
}

// shipped is what lies where after installation, but for the examples.
const shipped = `drwxr-x--- root:llamad /etc/llamad
-rw-r----- root:llamad /etc/llamad/llamad.toml
-rwxr-xr-x root:root /usr/bin/llamad
-rw-r--r-- root:root /usr/lib/systemd/system/llamad.service
-rw-r--r-- root:root /usr/lib/systemd/system/llamad@.service
-rw-r--r-- root:root /usr/lib/sysusers.d/llamad.conf
-rw-r--r-- root:root /usr/share/bash-completion/completions/llamad
drwxr-xr-x root:root /usr/share/doc/llamad
-rw-r--r-- root:root /usr/share/doc/llamad/NOTICE
-rw-r--r-- root:root /usr/share/doc/llamad/changelog.Debian.gz
-rw-r--r-- root:root /usr/share/doc/llamad/copyright
-rw-r--r-- root:root /usr/share/doc/llamad/llamad.cdx.json
-rw-r--r-- root:root /usr/share/fish/vendor_completions.d/llamad.fish
-rw-r--r-- root:root /usr/share/lintian/overrides/llamad
-rw-r--r-- root:root /usr/share/man/man5/llamad.toml.5.gz
-rw-r--r-- root:root /usr/share/man/man8/llamad.8.gz
-rw-r--r-- root:root /usr/share/zsh/vendor-completions/_llamad
drwxr-xr-x root:root /var/lib/llamad
drwxr-xr-x root:root /var/lib/llamad/models`

// What a user does to the package and what both do to the files in between.
func TestLifeOfAPackage(t *testing.T) {
	deb := file(t, "LLAMAD_TEST_DEB")
	newer := newer(t, deb)
	m := newMachine(t)
	before := m.listing("/")

	m.install("", deb)
	m.is(shipped, `dpkg -L llamad | grep -v /examples/. | xargs stat -c '%A %U:%G %n' | grep -E '^[^d]|llamad$|models$'`)
	m.is("/var/lib/llamad:/usr/sbin/nologin", "getent passwd llamad | cut -d: -f6-")
	m.is("", "dpkg --verify llamad")
	m.sh("test -e " + atBoot) // not a dangling link
	m.sh("runuser -u llamad -- llamad config check")
	if out, code := m.try("runuser -u nobody -- llamad config check"); code != 78 || !strings.Contains(out, "permission denied") {
		t.Errorf("anybody can read the configuration: exit %d: %s", code, out)
	}

	// Used for a while: a model, settings, what the service leaves behind, one more
	// instance; and systemctl disable, whose program is not in here.
	m.sh(`echo GGUF >/var/lib/llamad/models/tiny.gguf
		printf '[mqtt]\npassword = "secret"\n' >>` + config + `
		printf '[mqtt]\nnode = "kitchen"\n' >/etc/llamad/kitchen.toml
		for i in state state@kitchen; do install -d -o llamad -g llamad /var/lib/llamad/$i; done
		runuser -u llamad -- sh -c 'echo 0123456789abcdef >/var/lib/llamad/state/instance'
		ln -s /usr/lib/systemd/system/llamad@.service ` + kitchen + `
		rm ` + atBoot)
	used := m.listing(ours)
	untouched := func(after string) {
		t.Helper()
		same(t, after, used, m.listing(ours))
		m.sh("test ! -L " + atBoot)
		m.sh("test -L " + kitchen)
	}
	version := m.sh("dpkg-query -W -f '${Version}' llamad")
	m.install("", deb)
	untouched("reinstallation")

	m.install("--force-confold", newer)
	m.is("640 root:llamad", "stat -c '%a %U:%G' "+config+".dpkg-dist && rm "+config+".dpkg-dist")
	m.is("ii 9"+version, "dpkg-query -W -f '${db:Status-Abbrev}${Version}' llamad")
	untouched("upgrade")

	broken := repacked(t, newer, func(root string) {
		if err := os.WriteFile(filepath.Join(root, "DEBIAN/preinst"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	})
	if out, code := m.dpkg("-i", broken); code == 0 {
		t.Errorf("an upgrade that fails: %s", out)
	}
	m.is("ii 9"+version, "dpkg-query -W -f '${db:Status-Abbrev}${Version}' llamad")
	untouched("failed upgrade")

	m.sh("dpkg --remove llamad")
	m.is("", "ls -d /usr/bin/llamad /usr/lib/systemd/system/llamad* /usr/share/doc/llamad 2>/dev/null || true")
	untouched("removal")
	m.install("", newer)
	untouched("installation after removal")

	m.sh("dpkg --remove llamad && dpkg --purge llamad")
	same(t, "purge", before, m.listing("/"), leftByOthers...)
}

// leftByOthers is what dpkg and systemd-sysusers write about everybody.
var leftByOthers = []string{"/etc/.pwd.lock", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow",
	"/var/lib/dpkg", "/var/log/dpkg.log", "/var/cache", "/tmp"}

// Who never touched anything is not asked anything.
func TestUntouchedPackage(t *testing.T) {
	deb := file(t, "LLAMAD_TEST_DEB")
	newer := newer(t, deb)
	m := newMachine(t)
	before := m.listing("/")
	for range 2 { // also after a purge
		m.install("", deb)
		m.install("", newer)
		m.sh("grep -q 'Another word' " + config)
		m.is("640 root:llamad", "stat -c '%a %U:%G' "+config)
		m.sh("test -e " + atBoot)
		m.sh("dpkg --purge llamad")
		same(t, "purge", before, m.listing("/"), leftByOthers...)
	}
}
