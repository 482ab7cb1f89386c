package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// textFile is enough text for a few chunks of the tiny model's bytes.
func textFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("Every house has a kitchen.\n", 20)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvalPerplexity(t *testing.T) {
	model, text := tinyModel(t), textFile(t)
	var r perplexityObject
	out := llamad(t, "", "eval", "perplexity", model, text, "-c", "64", "--json")
	if err := json.Unmarshal([]byte(out), &r); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	// 10 chunks of 64 tokens, of which the last 31 are predicted.
	if r.Model != "tiny" || r.Context != 64 || r.Chunks != 10 || r.Tokens != 10*31 || r.Perplexity < 2 || r.Error <= 0 {
		t.Errorf("%s", out)
	}
	out = llamad(t, "", "eval", "perplexity", model, text, "-c", "64", "--limit", "2")
	if !strings.HasPrefix(out, "perplexity ") || !strings.Contains(out, " ± ") || !strings.Contains(out, "\n62 of the ") || !strings.HasSuffix(out, "the second half of 2 chunks of 64\n") {
		t.Errorf("%s", out)
	}
}

// What an interrupted measurement kept is not measured again, and the figures are
// those of one that was never interrupted.
func TestEvalGoesOn(t *testing.T) {
	model, text, state := tinyModel(t), textFile(t), filepath.Join(t.TempDir(), "state")
	measure := func(args ...string) string {
		t.Helper()
		return llamad(t, "", append([]string{"eval", "perplexity", model, text, "-c", "64", "--json"}, args...)...)
	}
	want := measure()
	measure("--resume", state, "--limit", "3")
	kept, err := os.ReadFile(state)
	if err != nil || bytes.Count(kept, []byte("\n")) != 4 {
		t.Fatalf("%v: %s", err, kept)
	}
	// The third chunk is cut short, as by a loss of power.
	if err := os.WriteFile(state, kept[:len(kept)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	if got := measure("--resume", state); got != want {
		t.Errorf("gone on with: %s, at once: %s", got, want)
	}
	if all, _ := os.ReadFile(state); bytes.Count(all, []byte("\n")) != 11 || !bytes.HasPrefix(all, kept) {
		t.Errorf("the file is now %s", all)
	}

	var errs bytes.Buffer
	code := run(t.Context(), []string{"eval", "perplexity", model, text, "-c", "32", "--resume", state}, nil, &errs, &errs, nil)
	if code != exitFailure || !strings.Contains(errs.String(), "is of another measurement") || !strings.Contains(errs.String(), "hint: name another file") {
		t.Errorf("another context: exits with %d: %s", code, errs.String())
	}
}

func TestEvalInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var errs bytes.Buffer
	m := &measurement[int]{evalOptions: &evalOptions{app: &app{stderr: &errs}}, what: "chunk", steps: 4, figure: func(done []int) string { return "" },
		step: func(ctx context.Context, i int) (int, error) {
			if i == 2 {
				cancel()
			}
			return i, ctx.Err()
		}}
	done, err := m.run(ctx, measured{})
	if len(done) != 2 || err == nil {
		t.Fatalf("%v, %v", done, err)
	}
	m.app.complain((&app{}).evalCommand(), m.interrupted(err, "chunk", len(done), m.steps, "perplexity 5"))
	if got := errs.String(); got != "llamad: interrupted after chunk 2 of 4: perplexity 5 so far\nhint: with --resume FILE a measurement can be interrupted and go on\n" {
		t.Errorf("%s", got)
	}
}

func TestEvalRefuses(t *testing.T) {
	model, text := tinyModel(t), textFile(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{model, "/nonexistent"}, exitFailure, "/nonexistent: no such file"},
		{[]string{model, text, "-c", "2"}, exitUsage, "--context: is 2"},
		{[]string{model, text, "--limit", "-1"}, exitUsage, "--limit: is -1"},
		{[]string{model, text}, exitFailure, "at least 1024"},
		{[]string{model}, exitUsage, "FILE is missing"},
		{[]string{model, text, "-c", "64", "--resume", "/nonexistent/state"}, exitFailure, "the directory of --resume must be there"},
	} {
		var errs bytes.Buffer
		if code := run(t.Context(), append([]string{"eval", "perplexity"}, c.args...), nil, &errs, &errs, nil); code != c.code || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%q exits with %d, expected %d: %s", c.args, code, c.code, errs.String())
		}
	}
}

// On a terminal a bar fits beside the figure, and what does not fit is cut: a second
// line would stay on the screen.
func TestEvalProgressBar(t *testing.T) {
	desk, program := openTerminal(t)
	defer desk.Close()
	defer program.Close()
	p := newEvalProgress(program, "question", 0, 10042)
	p.began = time.Now().Add(-time.Hour)
	buffer := make([]byte, 1000)
	for columns, want := range map[uint16]string{
		80: "\rquestion 3000 of 10042 [##........], hellaswag 59.20 ± 0.49, 2.3 h left",
		41: "\rquestion 3000 of 10042 [##........], hel",
	} {
		if err := unix.IoctlSetWinsize(int(desk.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
			t.Fatal(err)
		}
		p.width = 0
		p.show(3000, "hellaswag 59.20 ± 0.49")
		n, err := desk.Read(buffer)
		if got := string(buffer[:n]); err != nil || got != want {
			t.Errorf("%d columns: %v, %q, expected %q", columns, err, got, want)
		}
	}
	for done, want := range map[int64]string{0: "[....]", 1: "[....]", 3: "[#...]", 10: "[####]"} {
		if got := bar(done, 10, 4); got != want {
			t.Errorf("%d of 10 is drawn as %s, expected %s", done, got, want)
		}
	}
}

// Without a terminal a line comes now and then, and only then.
func TestEvalProgressLines(t *testing.T) {
	var out bytes.Buffer
	p := newEvalProgress(&out, "chunk", 2, 10)
	p.show(3, "perplexity 7")
	if out.Len() > 0 {
		t.Errorf("at once: %q", out.String())
	}
	p.began, p.spoken = time.Now().Add(-2*time.Minute), time.Now().Add(-evalLines)
	p.show(4, "perplexity 8")
	p.show(5, "perplexity 9")
	if out.String() != "chunk 4 of 10, perplexity 8, 6 min left\n" {
		t.Errorf("%q", out.String())
	}
	for d, want := range map[time.Duration]string{0: "0 s", 59 * time.Second: "59 s", 90 * time.Minute: "1.5 h"} {
		if got := rounded(d); got != want {
			t.Errorf("%v is %q, expected %q", d, got, want)
		}
	}
}
