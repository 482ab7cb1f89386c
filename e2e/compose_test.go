package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"llamad/config"
)

const containers = "../packaging/oci/"

// composeFile is what the tests look at in compose.yaml.
type composeFile struct {
	services map[string]object
	llamad   object
	environ  []string // of llamad
}

func readCompose(t *testing.T) (c composeFile) {
	t.Helper()
	c.services = map[string]object{}
	services, _ := yamlOf(t, containers+"compose.yaml")["services"].(map[string]any)
	for name, s := range services {
		c.services[name], _ = s.(map[string]any)
	}
	c.llamad = c.services["llamad"]
	environment, _ := c.llamad["environment"].(map[string]any)
	for name, value := range environment {
		text, is := value.(string)
		if !is {
			t.Errorf("%s is %v, which is no text", name, value)
		}
		c.environ = append(c.environ, name+"="+text)
	}
	return c
}

// The container has no more rights than the service that systemd starts, and every
// variable sets a key.
func TestComposeFile(t *testing.T) {
	c := readCompose(t)
	if len(c.services) != 2 || c.services["mosquitto"] == nil || c.llamad == nil {
		t.Fatalf("services: %v", c.services)
	}
	list := func(key string) (texts []string) {
		all, _ := c.llamad[key].([]any)
		for _, v := range all {
			text, _ := v.(string)
			texts = append(texts, text)
		}
		return texts
	}
	if c.llamad["read_only"] != true || !slices.Equal(list("cap_drop"), []string{"ALL"}) || !slices.Equal(list("security_opt"), []string{"no-new-privileges:true"}) {
		t.Errorf("llamad may do too much: %v", c.llamad)
	}
	if !slices.Equal(list("volumes"), []string{"./models:/models:ro", "state:/state"}) {
		t.Errorf("volumes: %v", list("volumes"))
	}
	known := map[string]bool{}
	for _, s := range config.Sections() {
		for _, k := range s.Keys {
			known[config.EnvName(s.Name, k.Name)] = true
		}
	}
	for _, e := range c.environ {
		if name, _, _ := strings.Cut(e, "="); !known[name] {
			t.Errorf("%s sets no key", name)
		}
	}
	source, err := os.ReadFile(containers + "archive.go")
	if err != nil || !strings.Contains(string(source), `const name = "`+c.llamad["image"].(string)+`:latest"`) {
		t.Errorf("the archives hold another image than %v (%v)", c.llamad["image"], err)
	}
}
