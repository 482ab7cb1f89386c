package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// binary is one build of llamad and how it is run here.
type binary struct {
	name    string
	command []string
	slow    time.Duration // how long an answer may take at the most
}

// binaries are the native build and the arm64 one on both boards' cores.
var binaries = []binary{
	{"native", []string{build("llamad")}, time.Minute},
	{"pi5", []string{"qemu-aarch64-static", "-cpu", "cortex-a76", build("llamad-arm64")}, 5 * time.Minute},
	{"pi4", []string{"qemu-aarch64-static", "-cpu", "cortex-a72", build("llamad-arm64")}, 5 * time.Minute},
}

var native = binaries[0]

func build(name string) string {
	path, err := filepath.Abs(filepath.Join("../build", name))
	if err != nil {
		panic(err)
	}
	return path
}

func TestMain(m *testing.M) {
	for _, name := range []string{"llamad", "llamad-arm64"} {
		if _, err := os.Stat(build(name)); err != nil {
			fmt.Fprintln(os.Stderr, "e2e: the binaries are not built: run make test-e2e")
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// smolLM2 is the path of the model that answers.
func smolLM2(t testing.TB) string {
	t.Helper()
	path := os.Getenv("LLAMAD_TEST_SMOLLM2")
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(cache, "llamad", "SmolLM2-135M-Instruct.Q4_1.gguf")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run make model, or set LLAMAD_TEST_SMOLLM2", err)
	}
	return path
}

// result is what a command came to.
type result struct {
	code           int
	stdout, stderr string
}

// run runs a command to its end.
func (b binary) run(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), b.slow)
	defer cancel()
	cmd := b.start(ctx, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("llamad %v did not end within %v: %s", args, b.slow, stderr.String())
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// start makes a command in an environment where nothing of the machine's own
// configuration shines through.
func (b binary) start(ctx context.Context, args ...string) *exec.Cmd {
	argv := append(append([]string(nil), b.command...), args...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "LLAMAD_") && !strings.HasPrefix(kv, "NOTIFY_") && !strings.HasPrefix(kv, "JOURNAL_") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	return cmd
}
