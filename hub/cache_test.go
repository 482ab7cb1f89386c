package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/hub/hubtest"
)

func TestPullIntoTheCache(t *testing.T) {
	content := random(300_000, 1)
	v := newVisit(t, content)
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
	at, digest := v.hub.Commit(testRepo), hubtest.SHA256(content)
	home := filepath.Join(v.cache, "models--someone--Tiny-GGUF")
	if want := filepath.Join(home, "snapshots", at, testFile); r.Path != want || r.Already || r.SHA256 != digest {
		t.Errorf("%+v, expected the path %s", r, want)
	}
	if link, err := os.Readlink(r.Path); err != nil || link != "../../blobs/"+digest {
		t.Errorf("the link leads to %q, %v", link, err)
	}
	if ref, err := os.ReadFile(filepath.Join(home, "refs", "main")); string(ref) != at {
		t.Errorf("refs/main is %q, %v", ref, err)
	}
	if tag, err := os.ReadFile(filepath.Join(v.cache, "CACHEDIR.TAG")); !strings.HasPrefix(string(tag), "Signature: 8a477f597d28d172789f06886806bc55") {
		t.Errorf("CACHEDIR.TAG is %q, %v", tag, err)
	}
	if r, err = v.pull(); err != nil || !r.Already {
		t.Errorf("once more: %+v, %v", r, err)
	}
	if n := v.gets(); n != 1 {
		t.Errorf("the bytes were asked for %d times", n)
	}
	if m := (Cache{Root: v.cache}).Models(); len(m) != 1 || m[0].Path != r.Path || m[0].Repo != testRepo || m[0].Name() != "tiny.Q4_0" {
		t.Errorf("the cache lists %+v", m)
	}
	v.env["HF_HUB_OFFLINE"] = "1"
	if r, err = v.pull(); err != nil || !r.Already {
		t.Errorf("offline: %+v, %v", r, err)
	}
}

// A file system without links, or a user who wants none.
func TestCacheWithoutLinks(t *testing.T) {
	content := random(1000, 1)
	v := newVisit(t, content)
	v.env["HF_HUB_DISABLE_SYMLINKS"] = "1"
	for i := range 2 {
		r, err := v.pull()
		if err != nil || r.Already != (i == 1) {
			t.Fatalf("%+v, %v", r, err)
		}
		v.has(r, content)
		if info, err := os.Lstat(r.Path); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%v, %v", info, err)
		}
	}
	models := (Cache{Root: v.cache}).Models()
	if len(models) != 1 {
		t.Fatalf("%+v", models)
	}
	if err := models[0].Remove(); err != nil || len((Cache{Root: v.cache}).Models()) != 0 {
		t.Error(err)
	}
}
