package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"llamad/config"
	"llamad/hub"
	"llamad/hub/hubtest"
	"llamad/runtime/llm"
	"llamad/runtime/shape"
)

// smallModel is a model file of well under a megabyte, of an architecture and in a
// format.
func smallModel(t *testing.T, architecture, format string) []byte {
	t.Helper()
	s := shape.Shape{Name: "small", Architecture: architecture, Layers: 1, Dim: 256, Hidden: 256, Heads: 4, KVHeads: 4, Vocab: 259, Context: 64, Eps: 1e-5, RopeBase: 1e4, Tied: true}
	f, err := s.Format(format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Whatever has a short name can be run: its architecture, in each format that its
// file has tensors in.
func TestShortNamesCanBeRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.gguf")
	seen := map[string]bool{}
	for _, e := range hub.Catalog {
		if e.Size <= 0 || e.Languages == "" || e.Licence == "" || len(e.Formats) == 0 || seen[e.Name] {
			t.Errorf("%s: incomplete, or there twice: %+v", e.Name, e)
		}
		seen[e.Name] = true
		if src, err := hub.Parse(hub.Words{What: e.Name}, hub.Settings{}); err != nil || src.SHA256 != e.SHA256 || len(e.SHA256) != 64 {
			t.Errorf("%s: %+v, %v", e.Name, src, err)
		}
		// The same through what the user would type without it.
		if src, err := hub.Parse(hub.Words{What: string(e.Repo), File: e.File, Revision: e.Revision, SHA256: e.SHA256}, hub.Settings{}); err != nil || src.File != e.File {
			t.Errorf("%s: %+v, %v", e.Name, src, err)
		}
		for _, format := range e.Formats {
			if err := os.WriteFile(path, smallModel(t, e.Architecture, format), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := llm.Check(path); err != nil {
				t.Errorf("%s: %s in %s is not run: %v", e.Name, e.Architecture, format, err)
			}
		}
	}
	for _, name := range []string{"tinyllama", "smollm2-135m", "smollm2-360m", "smollm2-1.7b", "llama3.2-1b", "qwen2.5-0.5b", "qwen2.5-1.5b"} {
		if !seen[name] {
			t.Errorf("%s has no short name", name)
		}
	}
	if err := os.WriteFile(path, smallModel(t, "mamba", "Q8_0"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := llm.Check(path); err == nil {
		t.Error("an architecture that nobody knows passes: this test proves nothing")
	}
}

// The one of the catalog that the tests have here is what the catalog says.
func TestShortNameOfTheTestModel(t *testing.T) {
	path := smollm2(t)
	e, _ := hub.Lookup("smollm2-135m")
	info, err := os.Stat(path)
	if err != nil || info.Size() != e.Size {
		t.Errorf("%v, %v; expected %d bytes", info, err, e.Size)
	}
	out, code := typed(t, nil, "show", path)
	if code != 0 {
		t.Fatal(out)
	}
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		if len(words) > 2 && strings.HasSuffix(words[0], ".weight") && !slices.Contains(e.Formats, words[1]) {
			t.Errorf("the catalog does not know of %s: %s", words[1], line)
		}
	}
}

// typed runs a command line and gives what it writes, both streams together.
func typed(t *testing.T, environ []string, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(""), &out, &out, environ)
	return out.String(), code
}

// pullSite is a hub with a few files, and a machine without any.
func pullSite(t *testing.T) (h *hubtest.Hub, environ []string, models string) {
	t.Helper()
	h = hubtest.Start(t)
	for name, content := range map[string][]byte{
		"tiny.Q8_0.gguf": smallModel(t, "llama", "Q8_0"),
		"tiny.Q4_0.gguf": smallModel(t, "llama", "Q4_0"),
		"mamba.gguf":     smallModel(t, "mamba", "Q8_0"),
		"picture.gguf":   []byte("\x89PNG and so on"),
	} {
		h.Put("someone/Tiny-GGUF", name, content)
	}
	home := t.TempDir()
	models = filepath.Join(home, "models")
	t.Chdir(home)
	return h, []string{"HOME=" + home, "HF_ENDPOINT=" + h.URL, "LLAMAD_MODEL_DIRECTORY=" + models}, models
}

func TestPullAndRun(t *testing.T) {
	_, environ, models := pullSite(t)
	for _, test := range []struct {
		args        []string
		below, next string
		service     string
	}{
		{[]string{"--system=false", "someone/Tiny-GGUF", "tiny.Q8_0.gguf"}, ".cache/huggingface/hub/models--someone--Tiny-GGUF/snapshots", "tiny.Q8_0", ""},
		{[]string{"--system=false", "someone/Tiny-GGUF:q8_0"}, ".cache/huggingface/hub/models--someone--Tiny-GGUF/snapshots", "tiny.Q8_0", ""},
		{[]string{"--system", "someone/Tiny-GGUF:Q4_0"}, "models", "tiny.Q4_0", "takes it by itself"},
		{[]string{"--to", "elsewhere", "someone/Tiny-GGUF:Q4_0"}, "elsewhere", "elsewhere/tiny.Q4_0.gguf", ""},
		{[]string{"--system", "elsewhere/tiny.Q4_0.gguf"}, "models", "tiny.Q4_0", "takes it by itself"},
		{[]string{"--system", "hf.co/someone/Tiny-GGUF:Q8_0"}, "models", "tiny.Q8_0", `takes it with name = "tiny.Q8_0"`},
	} {
		out, code := typed(t, environ, append([]string{"pull"}, test.args...)...)
		if code != 0 || !strings.Contains(out, test.below) || !strings.Contains(out, test.service) {
			t.Fatalf("pull %q exits with %d:\n%s", test.args, code, out)
		}
		if next := "next: llamad run " + test.next + ` "Why is the sky blue?"` + "\n"; !strings.HasSuffix(out, next) {
			t.Errorf("pull %q ends with\n%s\nexpected %s", test.args, out, next)
		}
		if out, code := typed(t, environ, "run", test.next, "Hello", "--max-tokens", "2"); code != 0 {
			t.Errorf("run %s exits with %d: %s", test.next, code, out)
		}
	}
	if list, err := config.ListModels(models); err != nil || len(list) != 2 {
		t.Errorf("the service sees %+v, %v", list, err)
	}
	if out, _ := typed(t, environ, "run", "tiny.Q9_0", "Hello"); !strings.Contains(out, "did you mean tiny.Q8_0?") && !strings.Contains(out, "did you mean tiny.Q4_0?") {
		t.Errorf("what is in the cache is not offered: %s", out)
	}
}

// What is no model that llamad runs gets no name.
func TestPullRefuses(t *testing.T) {
	_, environ, models := pullSite(t)
	for _, test := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"someone/Tiny-GGUF", "picture.gguf"}, "picture.gguf is not kept: gguf: magic at byte 0", exitFailure},
		{[]string{"someone/Tiny-GGUF", "mamba.gguf"}, `"mamba"; expected llama or qwen2`, exitFailure},
		{[]string{"someone/Tiny-GGUF:Q5_K_M"}, "hint: llamad pull someone/Tiny-GGUF FILE, which is one of mamba.gguf, picture.gguf, tiny.Q4_0.gguf, tiny.Q8_0.gguf", exitFailure},
		{[]string{"someone/Nothing"}, "hint: look at the name", exitFailure},
		{[]string{"tinylama"}, "hint: there is smollm2-135m", exitUsage},
	} {
		out, code := typed(t, environ, append([]string{"pull", "--system"}, test.args...)...)
		if code != test.code || !strings.Contains(out, test.want) || !strings.Contains(out, "hint: ") && code == exitUsage {
			t.Errorf("pull %q exits with %d, expected %d and %q:\n%s", test.args, code, test.code, test.want, out)
		}
	}
	entries, _ := os.ReadDir(models)
	for _, e := range entries {
		t.Errorf("%s was left behind", e.Name())
	}
}

// The clock is the test's.
func TestTransfer(t *testing.T) {
	var out strings.Builder
	now := time.Unix(0, 0)
	tr := &transfer{w: &out, now: func() time.Time { return now }}
	const total = 100_000_000
	for i := range 21 {
		tr.show("downloading x.gguf", int64(i)*5_000_000, total)
		now = now.Add(time.Second)
	}
	tr.show("checking x.gguf", 0, total)
	now = now.Add(5 * time.Second)
	tr.show("checking x.gguf", 50_000_000, total)
	want := `downloading x.gguf: 25 %  25.0 of 100.0 MB  5.0 MB/s  0:15 left
downloading x.gguf: 50 %  50.0 of 100.0 MB  5.0 MB/s  0:10 left
downloading x.gguf: 75 %  75.0 of 100.0 MB  5.0 MB/s  0:05 left
downloading x.gguf: 100 %  100.0 of 100.0 MB  5.0 MB/s  0:00 left
checking x.gguf: 50 %  50.0 of 100.0 MB  10.0 MB/s  0:05 left
`
	if out.String() != want {
		t.Errorf("lines\n%s\nexpected\n%s", out.String(), want)
	}

	for columns, line := range map[int]string{
		0:   "copying x.gguf [##..................] 10 %  10.0 of 100.0 MB  10.0 MB/s  0:09 left",
		200: "copying x.gguf [##..................] 10 %  10.0 of 100.0 MB  10.0 MB/s  0:09 left",
		80:  "copying x.g [##..................] 10 %  10.0 of 100.0 MB  10.0 MB/s  0:09 left",
		29:  " [##..................] 10 %",
	} {
		out.Reset()
		now = time.Unix(0, 0)
		tr = &transfer{w: &out, line: true, columns: func() int { return columns }, now: func() time.Time { return now }}
		tr.show("copying x.gguf", 0, total)
		now = now.Add(time.Second)
		tr.show("copying x.gguf", 10_000_000, total)
		tr.show("copying x.gguf", 10_000_001, total) // too soon for another word
		tr.clear()
		if want := "\r" + line + "\r" + strings.Repeat(" ", len(line)) + "\r"; out.String() != want {
			t.Errorf("%d columns: %q\nexpected %q", columns, out.String(), want)
		}
	}
}
