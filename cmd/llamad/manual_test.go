package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"llamad/config"
	"llamad/packaging/man"
)

var edition = man.Edition{Version: "1.2.3", Date: time.Unix(1760000000, 0)}

// unescaped is a page without the marks of Markdown.
func unescaped(page string) string {
	page = regexp.MustCompile(`\*+([^*\n]+)\*+`).ReplaceAllString(page, "$1")
	return regexp.MustCompile(`\\([^a-z])`).ReplaceAllString(page, "$1")
}

// Whoever adds a command or a flag finds it in the manual, with nothing done.
func TestManualHasEveryCommandAndFlag(t *testing.T) {
	page := man.Program((&app{}).rootCommand(), edition)
	if !strings.HasPrefix(page, `% llamad 8 "2025-10-09" "llamad 1.2.3" "llamad"`) {
		t.Errorf("the page begins with %.80q", page)
	}
	page = unescaped(page)
	for path, c := range commands(t) {
		if c.HasSubCommands() {
			continue // they only hold others
		}
		usage := strings.TrimSuffix(path, c.Name()) + c.Use
		_, section, found := strings.Cut(page, "\n### "+usage+"\n")
		section, _, _ = strings.Cut(section, "\n#")
		if !found || !strings.Contains(page, "\n"+usage+"\n:   "+c.Short+".\n") {
			t.Errorf("%s is missing, or what it does", path)
		}
		for line := range strings.Lines(c.Example) {
			if !strings.Contains(section, strings.TrimSpace(line)) {
				t.Errorf("%s: an example is missing: %s", path, line)
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !f.Hidden && !regexp.MustCompile(`(?m)^(-., )?--`+f.Name+`( |$)`).MatchString(section) {
				t.Errorf("%s --%s is missing", path, f.Name)
			}
		})
	}
	for _, hidden := range []string{trialName, "__complete"} {
		if strings.Contains(page, hidden) {
			t.Errorf("the manual speaks of %s", hidden)
		}
	}
}

func TestManualHasEveryKey(t *testing.T) {
	page := unescaped(man.Settings(config.Sections(), edition))
	generate := map[string]bool{}
	for _, s := range config.Sections() {
		if !strings.Contains(page, "\n### ["+s.Name+"]\n\n"+s.Text+"\n") {
			t.Errorf("[%s] is missing", s.Name)
		}
		for _, k := range s.Keys {
			if s.Name == "generate" {
				generate[k.Name] = true
			}
			if s.Name == "client.NAME" && generate[k.Name] {
				continue // explained there
			}
			entry, _, found := strings.Cut(page, "Environment: "+config.EnvName(s.Name, k.Name)+".")
			entry = entry[strings.LastIndex(entry, "\n\n")+2:]
			for _, want := range []string{k.Name + " = " + k.Default + "\n", k.Text[1:] + ".", "Value: " + k.Expected, k.Unit} {
				if !found || !strings.Contains(entry, want) {
					t.Errorf("%s.%s: %q is missing in %q", s.Name, k.Name, want, entry)
				}
			}
		}
	}
}

// The example in llamad.toml(5) is a configuration.
func TestManualsExampleIsRight(t *testing.T) {
	_, example, _ := strings.Cut(man.Settings(config.Sections(), edition), "\n# EXAMPLE\n")
	var file strings.Builder
	for line := range strings.Lines(example) {
		if code, is := strings.CutPrefix(line, "    "); is {
			file.WriteString(code)
		}
	}
	dir := t.TempDir()
	path, password := filepath.Join(dir, "llamad.toml"), filepath.Join(dir, "password")
	text := strings.ReplaceAll(file.String(), "/etc/llamad/password", password)
	for name, content := range map[string]string{path: text, password: "secret\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, warnings, err := config.Load(path, nil)
	if err != nil || len(warnings) > 0 || c.Clients["kitchen"].MaxTokens != 60 {
		t.Errorf("%v, %v from\n%s", err, warnings, text)
	}
}

// A variable that the program looks at stands in the manual.
func TestManualHasEveryVariable(t *testing.T) {
	page := unescaped(man.Program((&app{}).rootCommand(), edition))
	read := regexp.MustCompile(`(?:variable\([a-z.]+, |Getenv\(|LookupEnv\(|[vV]ariable\s+= |Environment = |\benv\()"([A-Z_]+)"`)
	seen := 0
	for _, folder := range []string{".", "../../config", "../../hub", "../../mqtt", "../../systemd", "../../runtime/*"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "main_docs.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range read.FindAllSubmatch(source, -1) {
				seen++
				if name := string(m[1]); !strings.Contains(page, "\n"+name) && !strings.Contains(page, ", "+name) && !strings.HasPrefix(name, "LLAMAD_MQTT_") {
					t.Errorf("%s looks at %s, which is not in llamad(8)", file, name)
				}
			}
		}
	}
	if seen < 7 {
		t.Errorf("%d places that look at a variable: this test no longer finds them", seen)
	}
}
