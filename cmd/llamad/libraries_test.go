package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// library is a row of ARCHITECTURE.md: a module as it is called there, its version
// as far as it is said, and why it is here.
type library struct{ name, version, why string }

// justified reads the tables of the section Libraries, and the text below them.
func justified(t *testing.T) (rows []library, text string) {
	t.Helper()
	all, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(all), "\n## Libraries\n")
	row := regexp.MustCompile(`^\| [^|]+ \| ([^ |]+/[^ |]+)( [0-9][^ ,|]*)?[^|]* \| ([^|]+) \|$`)
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if m := row.FindStringSubmatch(line); m != nil {
			rows = append(rows, library{m[1], strings.TrimSpace(m[2]), m[3]})
		} else if !strings.HasPrefix(line, "|") {
			text += line + "\n"
		}
	}
	if len(rows) < 10 {
		t.Fatalf("the tables of ARCHITECTURE.md were not found: %v", rows)
	}
	return rows, text
}

// called is how a module is called in the tables: nobody needs to read where its
// repository is, nor its major version twice.
func called(module string) string {
	return regexp.MustCompile(`/v[0-9]+$`).ReplaceAllString(strings.TrimPrefix(module, "github.com/"), "")
}

// is tells whether a version is the one that a row says, which may leave out the end.
func (l library) is(version string) bool {
	version = strings.TrimPrefix(version, "v")
	return l.version != "" && (version == l.version || strings.HasPrefix(version, l.version+"."))
}

// required are the modules that a go.mod asks for by itself, with their versions.
func required(t *testing.T, mod string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", mod).Output()
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
		Replace []struct{ Old struct{ Path string } }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Replace {
		t.Errorf("%s replaces %s: the table says what is used", mod, r.Old.Path)
	}
	direct := map[string]string{}
	for _, r := range file.Require {
		if !r.Indirect {
			direct[r.Path] = r.Version
		}
	}
	return direct
}

// linked are the modules that are in the program for either architecture.
func linked(t *testing.T) map[string]string {
	t.Helper()
	modules := map[string]string{}
	for _, arch := range []string{"amd64", "arm64"} {
		cmd := exec.Command("go", "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}`, ".")
		cmd.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if name, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				modules[name] = version
			}
		}
	}
	return modules
}

// installed are the tools that the Makefile and the scripts install.
func installed(t *testing.T) map[string]string {
	t.Helper()
	tools := map[string]string{}
	for _, file := range []string{"Makefile", "e2e/vuln"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`go (?:install|run) (\S+)@(\S+)`).FindAllStringSubmatch(string(text), -1) {
			tools[m[1]] = m[2]
		}
	}
	if len(tools) < 3 {
		t.Fatalf("the tools of the build were not found: %v", tools)
	}
	return tools
}

// Whatever is in the program, and whatever builds it, is justified in
// ARCHITECTURE.md at the version that is used; and nothing is that has left.
func TestLibrariesAreJustified(t *testing.T) {
	rows, text := justified(t)
	used := map[string]string{}
	for _, some := range []map[string]string{required(t, "../../go.mod"), required(t, "../../packaging/oci/go.mod"), linked(t), installed(t)} {
		maps.Copy(used, some)
	}
	mentioned := map[string]bool{}
	for _, module := range slices.Sorted(maps.Keys(used)) {
		version, found := used[module], false
		for _, row := range rows {
			// A tool is a package, and its row its module.
			if name := called(module); name != row.name && !strings.HasPrefix(name, row.name+"/") {
				continue
			}
			found, mentioned[row.name] = true, true
			if !row.is(version) && !strings.HasPrefix(version, "v0.0.0-") {
				t.Errorf("ARCHITECTURE.md has %s %s, and %s is used", row.name, row.version, version)
			}
			if strings.Contains(row.why, "see below") && !strings.Contains(text, path.Join(path.Base(path.Dir(row.name)), path.Base(row.name))) {
				t.Errorf("ARCHITECTURE.md promises to say below why %s is used, and does not", row.name)
			}
		}
		if !found {
			t.Errorf("%s %s is used and ARCHITECTURE.md does not say why: it wants a row in the tables of Libraries", module, version)
		}
	}
	for _, row := range rows {
		if !mentioned[row.name] {
			t.Errorf("ARCHITECTURE.md justifies %s, which nothing uses", row.name)
		}
	}
}
