package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bash is told the words of a command line as the Tab key would, and its script
// answers in COMPREPLY.
const bashComplete = `
. /usr/share/bash-completion/bash_completion
. "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=($2)
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_llamad llamad "${COMP_WORDS[COMP_CWORD]}" 2>/dev/null # compopt wants a real Tab
printf '%s\n' "${COMPREPLY[@]}"
`

// Each shell reads its script and asks the program.
func TestShellsComplete(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"tinyllama.gguf", "models/small.gguf", "notes.txt"} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shell := func(argv ...string) string {
		t.Helper()
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "PATH="+build("")+":"+os.Getenv("PATH"))
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%q: %v", argv, err)
		}
		return string(out)
	}
	for line, want := range map[string]string{
		"llamad ru":              "run",
		"llamad run ti":          "tinyllama.gguf",
		"llamad run models/":     "models/small.gguf",
		"llamad bench --output ": "md json",
		"llamad run x --max":     "--max-tokens",
	} {
		if got := shell("bash", "-c", bashComplete, "bash", build("completions/llamad"), line); strings.Join(strings.Fields(got), " ") != want {
			t.Errorf("bash completes %q to %q, want %q", line, got, want)
		}
		got := ""
		for offer := range strings.Lines(shell("fish", "--no-config", "-c", "source $argv[1]; complete --do-complete $argv[2]", build("completions/llamad.fish"), line)) {
			word, _, _ := strings.Cut(strings.TrimSpace(offer), "\t")
			got += " " + word
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("fish completes %q to %q, want %q", line, got, want)
		}
	}
	// zsh has no way to be asked without a terminal.
	if got := shell("zsh", "-fc", `autoload -U compinit; compinit -D; source $1; print -r -- $_comps[llamad]`, "zsh", build("completions/_llamad")); got != "_llamad\n" {
		t.Errorf("zsh knows %q for llamad", got)
	}
}
