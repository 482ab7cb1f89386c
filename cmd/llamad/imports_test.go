package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports is the policy of who may know whom: for each package of this module,
// the packages of this module and the libraries that it may import beside the
// standard library. It is a statement of intent. When a build needs another
// arrow, look for the reason before adding it here.
const imports = `
	cmd/llamad: board config hub mqtt mqtt/broker systemd runtime/chat runtime/eval runtime/llm runtime/memory runtime/queue runtime/shape runtime/tokenizer
		github.com/spf13/cobra github.com/spf13/pflag golang.org/x/sys/unix golang.org/x/term

	board: golang.org/x/sys/unix
	board/boardtest:
	config:      github.com/BurntSushi/toml
	hub:         golang.org/x/sys/unix
	hub/hubtest:
	mqtt:        github.com/eclipse/paho.mqtt.golang github.com/eclipse/paho.mqtt.golang/packets
	mqtt/mosquittotest:
	mqtt/broker: github.com/mochi-mqtt/server/v2 github.com/mochi-mqtt/server/v2/listeners github.com/mochi-mqtt/server/v2/packets
	mqtt/mosquittotest: github.com/eclipse/paho.mqtt.golang
	systemd:     github.com/coreos/go-systemd/v22/daemon github.com/coreos/go-systemd/v22/journal
	packaging/man: config github.com/spf13/cobra github.com/spf13/pflag
	packaging/notice:

	runtime/eval:      runtime/llm runtime/tokenizer
	runtime/llm:       runtime/chat runtime/gguf runtime/kernel runtime/memory runtime/mmap runtime/model runtime/pool runtime/quant runtime/sample runtime/tokenizer
	runtime/model:     runtime/gguf runtime/kernel runtime/pool runtime/quant
	runtime/chat:      runtime/tokenizer github.com/ardanlabs/jinja golang.org/x/sys/unix
	runtime/kernel:    runtime/quant arm64 amd64 golang.org/x/sys/cpu
	runtime/shape:     runtime/gguf runtime/quant
	runtime/gguf:      runtime/quant
	runtime/pool:      golang.org/x/sys/unix
	runtime/memory:    golang.org/x/sys/unix
	runtime/mmap:      golang.org/x/sys/unix
	runtime/quant:
	runtime/queue:
	runtime/sample:
	runtime/tokenizer:
	arm64:
	amd64:
`

// only says which packages alone may import something dangerous or heavy.
var only = map[string][]string{
	"unsafe": {"runtime/kernel", "runtime/quant", "runtime/mmap", "arm64", "amd64"},
	"C":      {},
}

func policy(t *testing.T) map[string][]string {
	t.Helper()
	allowed := map[string][]string{}
	name := ""
	for _, word := range strings.Fields(imports) {
		if p, ok := strings.CutSuffix(word, ":"); ok {
			name = p
			allowed[name] = []string{}
			continue
		}
		allowed[name] = append(allowed[name], word)
	}
	return allowed
}

func TestImportsPointDown(t *testing.T) {
	allowed := policy(t)
	for _, arch := range []string{"amd64", "arm64"} {
		cmd := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{range .Imports}} {{.}}{{end}}`, "llamad/...")
		cmd.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			pkg, list, _ := strings.Cut(strings.TrimSpace(line), ":")
			pkg = strings.TrimPrefix(pkg, "llamad/")
			may, listed := allowed[pkg]
			if !listed && list != "" {
				t.Errorf("%s: %s is not in the policy", arch, pkg)
			}
			for _, imported := range strings.Fields(list) {
				name := strings.TrimPrefix(imported, "llamad/")
				if users, restricted := only[name]; restricted && !slices.Contains(users, pkg) {
					t.Errorf("%s: %s imports %s; only %v may", arch, pkg, imported, users)
				}
				standard := !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") && name == imported
				if !standard && !slices.Contains(may, name) {
					t.Errorf("%s: %s imports %s, which the policy does not allow", arch, pkg, imported)
				}
			}
		}
	}
}

// The name would hide Go's own runtime package.
func TestRuntimeIsAFolderOfPackages(t *testing.T) {
	files, err := filepath.Glob("../../runtime/*.go")
	if err != nil || len(files) > 0 {
		t.Errorf("runtime/ has Go files of its own: %v %v", files, err)
	}
}
