package eval

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type run struct{ Model string }

func openLog(t *testing.T, path, model string) *Log[Chunk] {
	t.Helper()
	l, err := OpenLog[Chunk](path, run{model})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Cut short after any byte, a file has the records whose lines are whole, and
// goes on behind them.
func TestLogCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	l := openLog(t, path, "tiny")
	for i := range 3 {
		if err := l.Add(Chunk{Tokens: i + 1, Sum: 0.1 + float64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		l := openLog(t, path, "tiny")
		if want := max(strings.Count(string(whole[:n]), "\n")-1, 0); len(l.Done) != want {
			t.Fatalf("after %d bytes: %d records, expected %d", n, len(l.Done), want)
		}
		last := Chunk{Tokens: 9, Sum: 1.0 / 3}
		if err := errors.Join(l.Add(last), l.Close()); err != nil {
			t.Fatal(err)
		}
		again := openLog(t, path, "tiny")
		if got := again.Done; len(got) != len(l.Done)+1 || got[len(got)-1] != last {
			t.Fatalf("after %d bytes and one more record: %v", n, got)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What is not this measurement's own stays as it is.
func TestLogOfAnother(t *testing.T) {
	for _, text := range []string{"{\"Model\":\"big\"}\n{\"tokens\":1}\n", "My diary.", "My diary.\nMonday.\n"} {
		path := filepath.Join(t.TempDir(), "state")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var mismatch *MismatchError
		if _, err := OpenLog[Chunk](path, run{"tiny"}); !errors.As(err, &mismatch) || !strings.Contains(err.Error(), `{"Model":"tiny"}`) || mismatch.Hint() == "" {
			t.Errorf("%q: %v", text, err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q has become %q", text, got)
		}
	}
	path := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(path, []byte("{\"Model\":\"tiny\"}\nnonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLog[Chunk](path, run{"tiny"}); err == nil || !strings.Contains(err.Error(), path+":2:") {
		t.Errorf("a record that is none: %v", err)
	}
	if _, err := OpenLog[Chunk](t.TempDir(), run{"tiny"}); err == nil {
		t.Error("a directory: no error")
	}
}
