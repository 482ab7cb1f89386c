package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListIsOllamasTable(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	err := writeModels(&out, []listedModel{
		{Name: "tinyllama", SHA256: strings.Repeat("0123456789abcdef", 4), Size: 1170781568, Modified: now.Add(-50 * time.Hour), From: "/var/lib/llamad/models"},
		{Name: "odd\x1b[2J\n", Size: 92_000_000, Modified: now, From: "/home/pi"},
	}, now)
	const want = `NAME         ID              SIZE         MODIFIED      FROM
tinyllama    0123456789ab    1170.8 MB    2 days ago    /var/lib/llamad/models
odd?[2J?     -               92.0 MB      just now      /home/pi
`
	if err != nil || out.String() != want {
		t.Errorf("%v:\n%s", err, out.String())
	}
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "just now", 0: "just now", 90 * time.Second: "90 seconds ago", 2 * time.Minute: "2 minutes ago", 47 * time.Hour: "47 hours ago",
		20 * 24 * time.Hour: "2 weeks ago", 70 * 24 * time.Hour: "2 months ago", 800 * 24 * time.Hour: "2 years ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v: %q, expected %q", d, got, want)
		}
	}
}

func TestListFindsWhatRunFinds(t *testing.T) {
	work := fixtures(t)
	environ := []string{"LLAMAD_MODEL_DIRECTORY=" + filepath.Join(work, "models"), "HOME=" + work}
	if err := os.Chtimes("vocab.gguf", time.Time{}, time.Now().Add(-72*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs, environ); code != 0 {
			t.Fatalf("llamad %q exits with %d:\n%s", args, code, errs.String())
		}
		return out.String()
	}
	table := list("ls")
	if !strings.HasPrefix(table, "NAME ") || !strings.HasSuffix(table, " "+work+"\n") || !strings.Contains(table, "3 days ago") ||
		strings.Count(table, "\n") != 8 {
		t.Errorf("the table:\n%s", table)
	}
	var models []listedModel
	if err := json.Unmarshal([]byte(list("list", "--json")), &models); err != nil || len(models) != 7 {
		t.Fatalf("%v: %v", err, models)
	}
	oldest := models[6]
	if oldest.Name != "vocab" || oldest.Path != filepath.Join(work, "vocab.gguf") || oldest.From != work || oldest.Size != markOf("vocab.gguf").size {
		t.Errorf("the oldest is %+v", oldest)
	}
	// Whoever works in the models directory sees each once.
	t.Chdir("models")
	if table := list("list"); strings.Count(table, "\n") != 3 {
		t.Errorf("in the models directory:\n%s", table)
	}
	t.Chdir(t.TempDir())
	environ[0] += "/none"
	if out := list("list", "--json"); out != "[]\n" {
		t.Errorf("no models: %q", out)
	}
}

// A model that somebody runs stays where it is.
func TestRemoveLeavesWhatIsInUse(t *testing.T) {
	work := fixtures(t)
	path := filepath.Join(work, "models/small.gguf")
	remove := func() (int, string) {
		var shown bytes.Buffer
		code := run(t.Context(), []string{"rm", "--yes", "small"}, strings.NewReader(""), &shown, &shown, []string{"LLAMAD_MODEL_DIRECTORY=" + filepath.Dir(path)})
		return code, shown.String()
	}
	user, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer user.Close()
	if code, shown := remove(); code != exitFailure || !strings.Contains(shown, "small is in use by ") || !strings.Contains(shown, "hint: stop it first") {
		t.Errorf("in use: %d\n%s", code, shown)
	}
	user.Close()
	if code, shown := remove(); code != exitOK || shown != "removed "+path+"\n" || !markOf(path).missing {
		t.Errorf("afterwards: %d\n%s", code, shown)
	}
}

// cacheModel puts a model into the cache of Hugging Face's programs below home, as
// the file of a commit.
func cacheModel(t *testing.T, home, commit, name, text string) (blob string) {
	t.Helper()
	repo := filepath.Join(home, ".cache/huggingface/hub/models--acme--small-GGUF")
	digest := sha256.Sum256([]byte(text))
	blob = filepath.Join(repo, "blobs", hex.EncodeToString(digest[:]))
	link := filepath.Join(repo, "snapshots", commit, name)
	for _, path := range []string{blob, link} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(blob, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../blobs/"+filepath.Base(blob), link); err != nil {
		t.Fatal(err)
	}
	return blob
}

// The cache's files are listed with their digests, and are removed with their bytes
// once the models directory has none of the name.
func TestTheCacheBelongsToListAndRemove(t *testing.T) {
	work := t.TempDir()
	t.Chdir(t.TempDir())
	environ := []string{"HOME=" + work, "LLAMAD_MODEL_DIRECTORY=" + filepath.Join(work, "models")}
	old := cacheModel(t, work, strings.Repeat("a", 40), "small.gguf", "old")
	blob := cacheModel(t, work, strings.Repeat("b", 40), "small.gguf", "new")
	other := cacheModel(t, work, strings.Repeat("b", 40), "other.gguf", "other")
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(work, "models", "small.gguf")
	if err := os.Mkdir(filepath.Dir(kept), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(kept, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil { // the newest is not the first
		t.Fatal(err)
	}
	play := func(args ...string) string {
		t.Helper()
		var shown bytes.Buffer
		run(t.Context(), args, strings.NewReader(""), &shown, &shown, environ)
		return shown.String()
	}
	table := play("list")
	if strings.Count(table, "\n") != 4 || !strings.Contains(table, "small    "+filepath.Base(blob)[:12]+"    0.0 MB    just now       acme/small-GGUF\n") {
		t.Errorf("the table:\n%s", table)
	}
	exist := func(paths ...string) (there []bool) {
		for _, p := range paths {
			there = append(there, !markOf(p).missing)
		}
		return there
	}
	if shown := play("rm", "-y", "small"); shown != "removed "+kept+"\n" || !slices.Equal(exist(kept, old, blob, other), []bool{false, true, true, true}) {
		t.Errorf("first: %s", shown)
	}
	if shown := play("rm", "-y", "small"); !strings.HasPrefix(shown, "removed ") || !slices.Equal(exist(old, blob, other), []bool{false, false, true}) {
		t.Errorf("then: %s", shown)
	}
	if shown := play("rm", "-y", "small"); !strings.Contains(shown, "there is other") {
		t.Errorf("at last: %s", shown)
	}
}

// Somebody who sits there is asked, and yes is the only answer that counts.
func TestRemoveAsks(t *testing.T) {
	work := fixtures(t)
	path := filepath.Join(work, "models/small.gguf")
	for _, step := range []struct {
		typed, shown string
		code         int
		gone         bool
	}{
		{"\r", "nothing was removed", exitFailure, false},
		{"n\r", "nothing was removed", exitFailure, false},
		{"Y\r", "removed " + path, exitOK, true},
	} {
		s := sit(t, []string{"LLAMAD_MODEL_DIRECTORY=" + filepath.Dir(path)}, "rm", "small")
		s.expect("remove small (0.7 MB) from " + filepath.Dir(path) + "? [y/N] ")
		s.typeKeys(step.typed)
		s.expect(step.shown)
		if code := s.leaves(); code != step.code || markOf(path).missing != step.gone {
			t.Errorf("%q: exit code %d, gone %v", step.typed, code, markOf(path).missing)
		}
	}
}
