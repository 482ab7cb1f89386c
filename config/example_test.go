package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// uncommented is the example with the "#" in front of every key removed.
// Prose has a space after it.
func uncommented() string {
	return regexp.MustCompile(`(?m)^#(\S)`).ReplaceAllString(Example(), "$1")
}

func TestExample(t *testing.T) {
	golden(t, "testdata/example.toml", Example())
}

func TestExampleMeansTheDefaults(t *testing.T) {
	c := mustLoad(t, Example())
	c.File = ""
	if !reflect.DeepEqual(c, Default()) {
		t.Errorf("the example gives %+v, expected %+v", c, Default())
	}
	c = mustLoad(t, uncommented())
	if k := c.Clients["kitchen"]; k.Reply != "text" || k.MaxTokens != 60 || k.Temperature != 0.3 {
		t.Errorf("client.kitchen: %+v", k)
	}
	c.File, c.Clients = "", map[string]Client{}
	if !reflect.DeepEqual(c, Default()) {
		t.Errorf("the example without its # gives %+v, expected %+v", c, Default())
	}
}

func TestExampleHasEveryKeyWithItsUnit(t *testing.T) {
	example := Example()
	for _, s := range Sections() {
		if s.Name == "client.NAME" {
			continue
		}
		for _, k := range s.Keys {
			if !strings.Contains(example, "\n#"+k.Name+" = "+k.Default+"\n") {
				t.Errorf("the example lacks %s.%s = %s", s.Name, k.Name, k.Default)
			}
			if k.Unit != "" && !strings.Contains(example, " ("+k.Unit+").\n#"+k.Name+" = ") {
				t.Errorf("the example lacks the unit of %s.%s", s.Name, k.Name)
			}
		}
	}
}

func TestExampleIsCheckedOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "llamad.toml")
	if err := os.WriteFile(path, []byte(Example()), 0o644); err != nil { // no password in it, so the world may read it
		t.Fatal(err)
	}
	if _, warnings, err := Load(path, nil); err != nil || len(warnings) > 0 {
		t.Errorf("Load: %v, %v", warnings, err)
	}
}
