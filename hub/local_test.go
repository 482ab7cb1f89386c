package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/hub/hubtest"
)

func TestPullFromADisk(t *testing.T) {
	content := random(300_000, 1)
	stick, models := t.TempDir(), t.TempDir()
	path := filepath.Join(stick, testFile)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	v := newVisit(t, content)
	v.to = models
	for _, words := range []Words{{What: path}, {What: stick}, {What: stick, File: testFile}, {What: path, SHA256: hubtest.SHA256(content)}} {
		v.words = words
		r, err := v.pull()
		if err != nil || r.Path != filepath.Join(models, testFile) {
			t.Fatalf("%+v: %+v, %v", words, r, err)
		}
		v.has(r, content)
	}
	if info, err := os.Stat(filepath.Join(models, testFile)); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	v.words = Words{What: filepath.Join(models, testFile)}
	if r, err := v.pull(); err != nil || !r.Already {
		t.Errorf("onto itself: %+v, %v", r, err)
	}
	v.to = t.TempDir()
	for _, test := range []struct {
		words      Words
		want, cure string
	}{
		{Words{What: filepath.Join(stick, "none.gguf")}, "no such file", "ends in .gguf"},
		{Words{What: t.TempDir()}, "has no file", "copy one there"},
		{Words{What: stick, File: "other.gguf"}, "has no other.gguf", "the only one"},
		{Words{What: path, SHA256: strings.Repeat("2", 64)}, "expected 2222", "damaged"},
	} {
		v.words = test.words
		v.fails(test.want, test.cure)
	}
}
