package hub

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestPullIntoADirectory(t *testing.T) {
	content := random(300_000, 1)
	v := newVisit(t, content)
	v.to = filepath.Join(t.TempDir(), "models")
	defer syscall.Umask(syscall.Umask(0o077)) // that of a careful root
	for i := range 2 {
		r, err := v.pull()
		if err != nil || r.Path != filepath.Join(v.to, testFile) || r.Already != (i == 1) {
			t.Fatalf("%+v, %v", r, err)
		}
		v.has(r, content)
		if info, err := os.Stat(r.Path); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v: the service could not read it", info.Mode(), err)
		}
		if info, err := os.Stat(v.to); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%v, %v: the service could not look into it", info.Mode(), err)
		}
	}
	// One of the same length that is damaged is fetched again.
	if err := os.WriteFile(filepath.Join(v.to, testFile), random(len(content), 9), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := v.pull()
	if err != nil || r.Already {
		t.Errorf("%+v, %v", r, err)
	}
	v.has(r, content)
}

func TestPullFromAnAddress(t *testing.T) {
	content := random(300_000, 1)
	v := newVisit(t, content)
	v.to = t.TempDir()
	v.words = Words{What: v.hub.BytesURL(testRepo, testFile) + "?signature=secret"}
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
	for _, r := range v.hub.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s got the token", r.URL)
		}
	}
	// One in the hub is a file of a repository.
	v.to = ""
	v.words = Words{What: v.hub.URL + "/" + testRepo + "/blob/main/" + testFile}
	if r, err = v.pull(); err != nil || !strings.HasPrefix(r.Path, v.cache) {
		t.Errorf("%+v, %v", r, err)
	}
	v.to = t.TempDir()
	v.words = Words{What: v.hub.BytesURL(testRepo, "none.gguf")}
	v.fails("404 Not Found", "look the address up again")
	v.words = Words{What: v.hub.BytesURL(testRepo, testFile), SHA256: strings.Repeat("1", 64)}
	v.fails("expected 1111", "nothing of it was kept")
}
