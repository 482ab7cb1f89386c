package hub

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"llamad/hub/hubtest"
)

// Bytes that two commits share go with the last of them, and nothing else does.
func TestRemove(t *testing.T) {
	content := random(1000, 1)
	v := newVisit(t, content)
	if _, err := v.pull(); err != nil {
		t.Fatal(err)
	}
	v.hub.Put(testRepo, "sub/other.gguf", random(1000, 2)) // a new commit, with the same file in it
	for _, file := range []string{testFile, "sub/other.gguf"} {
		v.words.File = file
		if _, err := v.pull(); err != nil {
			t.Fatal(err)
		}
	}
	cache := Cache{Root: v.cache}
	models := cache.Models()
	if len(models) != 3 || models[0].File != "sub/other.gguf" || models[1].SHA256 != hubtest.SHA256(content) || models[1].SHA256 != models[2].SHA256 {
		t.Fatalf("%+v", models)
	}
	if err := models[1].Remove(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(models[2].Path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the bytes of the other commit are gone: %v", err)
	}
	if err := models[2].Remove(); err != nil {
		t.Fatal(err)
	}
	if blobs, err := filepath.Glob(filepath.Join(models[0].home(), "blobs", "*")); err != nil || len(blobs) != 1 || len(cache.Models()) != 1 {
		t.Errorf("left are %v, %+v, %v", blobs, cache.Models(), err)
	}
	// A link that leads elsewhere is no reason to remove what is there.
	precious := filepath.Join(t.TempDir(), "precious.gguf")
	if err := os.WriteFile(precious, content, 0o600); err != nil {
		t.Fatal(err)
	}
	m := models[0]
	if err := os.Remove(m.Path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, m.Path); err != nil {
		t.Fatal(err)
	}
	if err := m.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

// What leads to nothing goes with the model: its commit, the branches that were at it,
// and at last the repository. What is somebody else's stays.
func TestRemoveLeavesNothingBehind(t *testing.T) {
	const home = "models--someone--Tiny-GGUF"
	other := strings.Repeat("b", 40)
	for _, test := range []struct {
		name string
		more map[string]string // files beside it
		want []string          // beside CACHEDIR.TAG
	}{
		{"the only one", nil, nil},
		{"of several branches", map[string]string{"refs/pr/1": "COMMIT", "refs/v1": "COMMIT\n"}, nil},
		{"beside a branch at another commit", map[string]string{"refs/v2": other}, []string{"refs/v2"}},
		{"beside what is no branch", map[string]string{"refs/long": strings.Repeat("x", 100)}, []string{"refs/long"}},
		{"beside half a file", map[string]string{"blobs/x.incomplete": "half"}, []string{"blobs/x.incomplete"}},
		{"beside another file of the commit", map[string]string{"snapshots/COMMIT/config.json": "{}"}, []string{"refs/main", "snapshots/COMMIT/config.json"}},
		{"beside another commit", map[string]string{"snapshots/" + other + "/config.json": "{}"}, []string{"snapshots/" + other + "/config.json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisit(t, random(1000, 1))
			v.hub.Put(testRepo, "sub/tiny.gguf", random(1000, 2))
			v.words.File = "sub/tiny.gguf"
			if _, err := v.pull(); err != nil {
				t.Fatal(err)
			}
			named := strings.NewReplacer("COMMIT", v.hub.Commit(testRepo))
			for name, text := range test.more {
				path := filepath.Join(v.cache, home, named.Replace(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(named.Replace(text)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := (Cache{Root: v.cache}).Models()[0].Remove(); err != nil {
				t.Fatal(err)
			}
			want := []string{"CACHEDIR.TAG"}
			for _, name := range test.want {
				want = append(want, filepath.Join(home, named.Replace(name)))
			}
			if got := v.files(); !slices.Equal(got, want) {
				t.Errorf("left are %q, expected %q", got, want)
			}
			if entries, err := os.ReadDir(v.cache); test.want == nil && (err != nil || len(entries) != 1) {
				t.Errorf("%v: left are %v", err, entries)
			}
		})
	}
}

// A repository that lies on another disk is still led to.
func TestRemoveLeavesLinksToDirectories(t *testing.T) {
	v := newVisit(t, random(1000, 1))
	home, disk := filepath.Join(v.cache, "models--someone--Tiny-GGUF"), t.TempDir()
	if err := os.Mkdir(v.cache, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(disk, home); err != nil {
		t.Fatal(err)
	}
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	if err := (Cache{Root: v.cache}).Models()[0].Remove(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(disk)
	if err != nil || len(left) > 0 || exists(r.Path) || !exists(home) {
		t.Errorf("%v, %v; %s: %v, %s: %v", left, err, r.Path, exists(r.Path), home, exists(home))
	}
}
