//go:build deb

package deb

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const recipe = "../../packaging/deb/"

const changes = `# Changelog

What changes.

## 0.3.0 (unreleased)

- This is new,
  and it is so in two lines.
- That too.

## 0.2.0 (2026-12-24)

- A present.
`

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "CHANGELOG.md")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// part runs a script of the recipe.
func part(t *testing.T, epoch string, script string, args ...string) string {
	t.Helper()
	cmd := exec.Command(recipe+script, args...)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+epoch)
	return output(t, cmd)
}

// Versions of Debian packages come in the order of the commits.
func TestVersion(t *testing.T) {
	changelog, last := write(t, changes), "0"
	for _, test := range []struct{ time, described, want string }{
		{"3600", "1a2b3c4", "0.3.0~19700101010000.1a2b3c4-1"},
		{"3600", "1a2b3c4-dirty", "0.3.0~19700101010000.1a2b3c4+dirty-1"},
		{"3601", "1122334", "0.3.0~19700101010001.1122334-1"},
		{"3600", "dev", "0.3.0-1"},
		{"3600", "dev-dirty", "0.3.0+dirty-1"},
		{"3600", "v0.4.0-rc1", "0.4.0~rc1-1"},
		{"3600", "v0.4.0-rc1-5-g1a2b3c4", "0.4.0~rc1+5.g1a2b3c4-1"},
		{"3600", "v0.4.0", "0.4.0-1"},
		{"3600", "v0.4.0-dirty", "0.4.0+dirty-1"},
		{"3600", "v0.4.1-ä/b_c", "0.4.1~..b.c-1"},
		{"3600", "v0.4.1", "0.4.1-1"},
		{"3600", "v0.4.1-5-g1a2b3c4", "0.4.1+5.g1a2b3c4-1"},
		{"3600", "v0.4.1-5-g1a2b3c4-dirty", "0.4.1+5.g1a2b3c4.dirty-1"},
		{"3600", "1.10", "1.10-1"},
	} {
		got := strings.TrimSpace(part(t, test.time, "version", test.described, changelog))
		if got != test.want {
			t.Errorf("%s: %s, expected %s", test.described, got, test.want)
		}
		output(t, exec.Command("dpkg", "--validate-version", got))
		if exec.Command("dpkg", "--compare-versions", last, "lt", got).Run() != nil {
			t.Errorf("%s is no newer than %s", got, last)
		}
		last = got
	}
}

func TestChangelog(t *testing.T) {
	const want = `llamad (0.3.0~rc1-1) unstable; urgency=medium

  * This is new,
    and it is so in two lines.
  * That too.

 -- Ada <ada@example.org>  Thu, 01 Jan 1970 01:00:00 +0000

llamad (0.2.0-1) unstable; urgency=medium

  * A present.

 -- Ada <ada@example.org>  Thu, 24 Dec 2026 00:00:00 +0000
`
	if got := part(t, "3600", "changelog", "0.3.0~rc1-1", "Ada <ada@example.org>", write(t, changes)); got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
}

// Whoever packs the same program at another time, elsewhere, makes the same file.
func TestSameBytes(t *testing.T) {
	deb := file(t, "LLAMAD_TEST_DEB")
	field := func(name string) string {
		return strings.TrimSpace(output(t, exec.Command("dpkg-deb", "--field", deb, name)))
	}
	arch, dir := field("Architecture"), t.TempDir()
	cmd := exec.Command("sh", "-c", `umask 077 && exec "$@"`, "sh",
		recipe+"build", field("Version"), arch, filepath.Join(filepath.Dir(deb), "llamad-"+arch), dir)
	cmd.Env = append(os.Environ(), "TZ=Asia/Kolkata", "LC_ALL=C.UTF-8", "TMPDIR="+t.TempDir())
	output(t, cmd)
	again, err := os.ReadFile(filepath.Join(dir, filepath.Base(deb)))
	if err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(deb)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Error("two packages of the same program differ")
	}
}
