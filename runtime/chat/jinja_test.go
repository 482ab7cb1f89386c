package chat

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// testTime is when the golden renderings were made.
func testTime() time.Time { return time.Date(2026, 3, 7, 9, 5, 3, 0, time.UTC) }

// eachLine decodes the lines of a file of testdata one after another.
func eachLine[T any](t testing.TB, name string, yield func(line T)) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for ; s.Scan(); n++ {
		var line T
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatalf("%s, line %d: %v", name, n+1, err)
		}
		yield(line)
	}
	if err := s.Err(); err != nil || n == 0 {
		t.Fatalf("%s: %d lines, %v", name, n, err)
	}
}

// TestJinja compares with Jinja itself under Hugging Face's settings.
func TestJinja(t *testing.T) {
	eachLine(t, "jinja.jsonl", func(line struct {
		Name, Template      string
		Messages            []Message
		AddGenerationPrompt bool `json:"add_generation_prompt"`
		Rendered, Error     string
	}) {
		text, err := "", error(nil)
		p, err := compile(line.Template, "<s>", "</s>")
		if err == nil {
			text, err = p.render(line.Messages, line.AddGenerationPrompt, testTime)
		}
		switch {
		case line.Error != "" && (err == nil || !strings.Contains(err.Error(), line.Error)):
			t.Errorf("%s: %q\n got %v\nwant the error %s", line.Name, line.Template, err, line.Error)
		case line.Error == "" && (err != nil || text != line.Rendered):
			t.Errorf("%s: %q\n got %q, %v\nwant %q", line.Name, line.Template, text, err, line.Rendered)
		}
	})
}
