package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func models(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		write(t, dir, n, "GGUF", 0o644)
	}
	return dir
}

func TestModelFile(t *testing.T) {
	if err := os.Mkdir(filepath.Join(models(t), "dir.gguf"), 0o755); err != nil {
		t.Fatal(err)
	}
	one := models(t, "tinyllama.Q8_0.gguf", ".hidden.gguf", "half.gguf.incomplete", "readme.md")
	two := models(t, "a.gguf", "b.gguf")
	for _, test := range []struct {
		model     Model
		want      string
		kind      error
		say, hint string
	}{
		{Model{Directory: one}, one + "/tinyllama.Q8_0.gguf", nil, "", ""},
		{Model{Directory: one, Path: "/srv/x.gguf"}, "/srv/x.gguf", nil, "", ""},
		{Model{Directory: two, Name: "b"}, two + "/b.gguf", nil, "", ""},
		{Model{Directory: two, Name: "b.gguf"}, two + "/b.gguf", nil, "", ""},
		{Model{Directory: two, Name: "c"}, "", ErrNoModel, `no model "c" in ` + two, "there is a, b"},
		{Model{Directory: one, Name: "tinylama.Q8_0"}, "", ErrNoModel, `no model "tinylama.Q8_0" in ` + one, "did you mean tinyllama.Q8_0?"},
		{Model{Directory: two}, "", ErrManyModels, "2 models in " + two + " and none is chosen", "set model.name to one of a, b"},
		{Model{Directory: "/nonexistent"}, "", ErrNoModel, "no model in /nonexistent", "sudo llamad pull tinyllama fetches one, or copy a .gguf file to /nonexistent"},
	} {
		got, err := test.model.File()
		if got != test.want || !errors.Is(err, test.kind) {
			t.Errorf("%+v: %q, %v; expected %q, %v", test.model, got, err, test.want, test.kind)
		}
		var me *ModelError
		if test.kind != nil && (!errors.As(err, &me) || me.Error() != test.say || me.Hint() != test.hint) {
			t.Errorf("%+v: %q, hint %q; expected %q, hint %q", test.model, err, me.Hint(), test.say, test.hint)
		}
	}
}

func TestFindModel(t *testing.T) {
	near, far := models(t, "a.gguf"), models(t, "a.gguf", "b.gguf")
	for name, want := range map[string]string{
		"a": near + "/a.gguf", "a.gguf": near + "/a.gguf", "b": far + "/b.gguf",
		"./a": "./a", "/nonexistent/x.gguf": "/nonexistent/x.gguf",
	} {
		if got, err := FindModel(name, near, far); err != nil || got != want {
			t.Errorf("FindModel(%q) = %q, %v; expected %q", name, got, err, want)
		}
	}
	if got, err := FindModel("..", near); err == nil {
		t.Errorf("FindModel(..) = %q", got)
	}
}

func TestListModels(t *testing.T) {
	dir := models(t, "b.gguf", "a.gguf", "c.bin")
	if err := os.Mkdir(filepath.Join(dir, "d.gguf"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir+"/c.bin", dir+"/linked.gguf"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nonexistent", dir+"/dangling.gguf"); err != nil {
		t.Fatal(err)
	}
	list, err := ListModels(dir)
	if err != nil || len(list) != 3 || list[0].Name != "a" || list[1].Name != "b" || list[2].Name != "linked" || list[0].Size != 4 {
		t.Errorf("ListModels: %+v, %v", list, err)
	}
}
