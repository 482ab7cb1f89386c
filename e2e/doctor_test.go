package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// The doctor of each binary on this machine, whatever it is: nothing that we brought
// along is broken, and the kernels are those of the board's cores.
func TestDoctor(t *testing.T) {
	broker := mosquittotest.Start(t)
	config := filepath.Join(t.TempDir(), "llamad.toml")
	if err := os.WriteFile(config, []byte(fmt.Sprintf("[mqtt]\nbroker = %q\n[model]\npath = %q\n", broker.URL(), smolLM2(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	kernels := map[string]string{"native": "", "pi5": "dotprod, ", "pi4": "neon, "}
	for _, b := range binaries {
		t.Run(b.name, func(t *testing.T) {
			r := b.run(t, "", "doctor", "--json", "--config", config)
			var report struct {
				Findings []struct{ Name, Grade, Found string }
			}
			if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
				t.Fatalf("%v: exit %d: %s%s", err, r.code, r.stdout, r.stderr)
			}
			found := map[string]string{}
			for _, f := range report.Findings {
				found[f.Name] = f.Grade + " " + f.Found
			}
			for name, want := range map[string]string{"kernels": "ok " + kernels[b.name], "configuration": "ok " + config, "session": "ok", "board": "ok", "disk space": ""} {
				if got, there := found[name]; !there || !strings.HasPrefix(got, want) {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if got := found["model"]; !strings.HasPrefix(got, "ok ") || !strings.Contains(got, "llama, Q4_1") {
				t.Errorf("model: %q", got)
			}
		})
	}
}
