package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// vulnerability is an entry of a database, as far as govulncheck reads it.
type vulnerability struct {
	id, module, pkg, symbol string
	fixed                   string // empty: in no version
}

// vulnDatabase are the files of a database with these entries.
func vulnDatabase(t *testing.T, entries []vulnerability) map[string][]byte {
	t.Helper()
	type object = map[string]any
	const when = "2026-11-01T00:00:00Z"
	files := map[string][]byte{}
	put := func(name string, content any) {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
	}
	modules, vulns := []object{}, []object{}
	for _, v := range entries {
		events := []object{{"introduced": "0"}}
		if v.fixed != "" {
			events = append(events, object{"fixed": v.fixed})
		}
		where := object{"path": v.pkg, "symbols": []string{v.symbol}}
		modules = append(modules, object{"path": v.module, "vulns": []object{{"id": v.id, "modified": when, "fixed": v.fixed}}})
		vulns = append(vulns, object{"id": v.id, "modified": when})
		put("ID/"+v.id+".json", object{
			"schema_version": "1.3.1", "id": v.id, "modified": when, "published": when, "summary": "made up", "details": "made up",
			"affected": []object{{
				"package":            object{"name": v.module, "ecosystem": "Go"},
				"ranges":             []object{{"type": "SEMVER", "events": events}},
				"ecosystem_specific": object{"imports": []object{where}},
			}},
			"database_specific": object{"url": "https://example.org/" + v.id, "review_status": "REVIEWED"},
		})
	}
	put("index/db.json", object{"modified": when})
	put("index/modules.json", modules)
	put("index/vulns.json", vulns)
	return files
}

// served is a database that answers over HTTP, but for what is not in files.
func served(t *testing.T, files map[string][]byte) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := files[strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".gz")]
		if !ok || !strings.HasSuffix(r.URL.Path, ".gz") {
			http.NotFound(w, r)
			return
		}
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		zip.Write(text) // a Buffer takes all
		zip.Close()
		w.Write(packed.Bytes())
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A vulnerability that can be reached fails make vuln, one that cannot does not, and
// neither does a database that nobody reaches: but then it says so.
func TestSlowVulnerabilitiesAreFound(t *testing.T) {
	const paho = "github.com/eclipse/paho.mqtt.golang"
	harmless := vulnDatabase(t, []vulnerability{
		{id: "GO-2026-9001", module: paho, pkg: paho, symbol: "client.Publish", fixed: "1.5.1"}, // mended in what we use
		{id: "GO-2026-9002", module: paho, pkg: paho, symbol: "FileStore.Open"},                 // never called
		{id: "GO-2026-9003", module: "example.org/other", pkg: "example.org/other", symbol: "Do"},
	})
	const images = "github.com/google/go-containerregistry"
	harmful := vulnDatabase(t, []vulnerability{
		{id: "GO-2026-9101", module: paho, pkg: paho, symbol: "client.Publish"},
		{id: "GO-2026-9102", module: "golang.org/x/sys", pkg: "golang.org/x/sys/cpu", symbol: "readARM64Registers"},
		{id: "GO-2026-9103", module: images, pkg: images + "/pkg/v1/layout", symbol: "Write"},
	})
	broken := vulnDatabase(t, nil)
	delete(broken, "index/modules.json")
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<h1>Welcome, guest</h1>")) }))
	defer portal.Close()
	gone := httptest.NewServer(nil)
	gone.Close()

	empty := t.TempDir()
	for name, text := range vulnDatabase(t, nil) {
		path := filepath.Join(empty, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	type outcome struct {
		name, database string
		fails          bool
		says           map[string]int // how often what is said
	}
	outcomes := []outcome{
		{"nobody there", gone.URL, false, map[string]int{"vuln: nothing was looked up, " + gone.URL + " does not answer: ": 1, "\n": 1}},
		{"somebody else there", portal.URL, false, map[string]int{"vuln: nothing was looked up, " + portal.URL + " does not answer: what it says is no database": 1, "\n": 1}},
		{"no directory", "file://" + empty + "/nowhere", true, map[string]int{"nowhere/index/db.json": 1}},
	}
	if os.Getenv("LLAMAD_TEST_SLOW") != "" { // the others read all of the source, four times each
		outcomes = append(outcomes,
			outcome{"half a database", served(t, broken), true, map[string]int{"No vulnerabilities found.": 0}},
			outcome{"nothing known", "file://" + empty, false, map[string]int{"No vulnerabilities found.": 4}},
			outcome{"nothing that concerns us", served(t, harmless), false, map[string]int{"No vulnerabilities found.": 4}},
			outcome{"some that do", served(t, harmful), true, map[string]int{
				"Vulnerability #1": 4, "GO-2026-9101\n    made up": 2, "GO-2026-9102\n    made up": 1, "GO-2026-9103\n    made up": 2, "nothing was looked up": 0}})
	}
	for _, test := range outcomes {
		t.Run(test.name, func(t *testing.T) {
			out, err := exec.Command("./vuln", test.database).CombinedOutput()
			if (err != nil) != test.fails {
				t.Errorf("vuln: %v", err)
			}
			for what, times := range test.says {
				if n := strings.Count(string(out), what); n != times {
					t.Errorf("it says %q %d times, expected %d", what, n, times)
				}
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
		})
	}
}
