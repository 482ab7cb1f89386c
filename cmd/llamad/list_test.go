package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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
