package hub

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"llamad/hub/hubtest"
)

const (
	testRepo = "someone/Tiny-GGUF"
	testFile = "tiny.Q4_0.gguf"
)

// random is content of n bytes.
func random(n int, seed uint64) []byte {
	content := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(content)
	return content
}

// visit is somebody who pulls, with a cache of their own and no time to wait.
type visit struct {
	t     *testing.T
	hub   *hubtest.Hub
	cache string
	env   map[string]string
	notes []string
	waits []time.Duration
	check func(string) error
	to    string // a directory; "" is the cache
	words Words
}

func newVisit(t *testing.T, content []byte) *visit {
	v := &visit{t: t, hub: hubtest.Start(t), cache: filepath.Join(t.TempDir(), "hub"), words: Words{What: testRepo, File: testFile}}
	v.env = map[string]string{"HF_ENDPOINT": v.hub.URL, "HF_HUB_CACHE": v.cache, "HF_TOKEN": "hf_secret", "HF_HUB_DOWNLOAD_TIMEOUT": "30", "HF_HUB_ETAG_TIMEOUT": "30"}
	v.hub.Put(testRepo, testFile, content)
	return v
}

func (v *visit) pull() (Result, error) { return v.pullIn(v.t.Context()) }

func (v *visit) pullIn(ctx context.Context) (Result, error) {
	v.t.Helper()
	settings, err := Environment(func(name string) string { return v.env[name] })
	if err != nil {
		return Result{}, err
	}
	src, err := Parse(v.words, settings)
	if err != nil {
		return Result{}, err
	}
	return Pull(ctx, src, Options{
		Settings: settings, Directory: v.to, Check: v.check,
		Note: func(text string) { v.notes = append(v.notes, text) },
		wait: func(ctx context.Context, d time.Duration) error {
			v.waits = append(v.waits, d)
			return ctx.Err()
		},
	})
}

// has says that the model is there, whole, and nothing half-done beside it.
func (v *visit) has(r Result, content []byte) {
	v.t.Helper()
	got, err := os.ReadFile(r.Path)
	if err != nil || !bytes.Equal(got, content) {
		v.t.Fatalf("%s: %d bytes, %v; expected the %d of the hub", r.Path, len(got), err, len(content))
	}
	for _, name := range v.files() {
		if strings.Contains(name, ".incomplete") || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".new") {
			v.t.Errorf("%s was left behind", name)
		}
	}
}

// files are all in the cache or the directory, but for directories.
func (v *visit) files() (names []string) {
	root := v.root()
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(root, path)
			names = append(names, name)
		}
		return nil
	})
	return names
}

// root is the cache or the directory.
func (v *visit) root() string {
	if v.to != "" {
		return v.to
	}
	return v.cache
}

// fails says that a pull comes to nothing for a reason, that there is a cure, and
// that nothing is where a model would be looked for.
func (v *visit) fails(want, cure string) {
	v.t.Helper()
	r, err := v.pull()
	if err == nil || !strings.Contains(err.Error(), want) {
		v.t.Fatalf("%+v, %v; expected an error with %q", r, err, want)
	}
	if hint := hintOf(err); cure == "" || !strings.Contains(hint, cure) {
		v.t.Errorf("%v: the cure is %q, expected one with %q", err, hint, cure)
	}
	if strings.Contains(err.Error()+hintOf(err), "secret") {
		v.t.Errorf("the error tells a secret: %v", err)
	}
	for _, name := range v.files() {
		if info, err := os.Stat(filepath.Join(v.root(), name)); err == nil && info.Size() == 0 {
			v.t.Errorf("%s was left behind, with nothing in it", name)
		}
		if strings.HasSuffix(name, Ending) || strings.Contains(name, "snapshots") || strings.Contains(name, "refs") ||
			strings.Contains(name, "blobs") && !strings.Contains(name, ".incomplete") {
			v.t.Errorf("%s was left behind", name)
		}
	}
}

// gets counts the requests for bytes.
func (v *visit) gets() (n int) {
	for _, r := range v.hub.Requests() {
		if r.Bytes {
			n++
		}
	}
	return n
}
