package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The pages are typeset without a warning, and what man shows can be copied: no
// word is hyphenated.
func TestManPages(t *testing.T) {
	for page, wants := range map[string][]string{
		"llamad.8":      {"llamad run MODEL [PROMPT]", "-n, --max-tokens tokens", "EXIT STATUS", "LLAMAD_KERNEL", "/var/lib/llamad/models/*.gguf"},
		"llamad.toml.5": {"threads_decode = 0", "LLAMAD_MODEL_THREADS_DECODE", "[client.NAME]", `max_packet = "64KiB"`},
	} {
		cmd := exec.Command("man", "--warnings", "--encoding=UTF-8", "--local-file", build("man/"+page))
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=80", "MANPAGER=cat", "MANROFFOPT=", "MANROFFSEQ=")
		var warnings bytes.Buffer
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		if err != nil || warnings.Len() > 0 {
			t.Errorf("man %s: %v, %s", page, err, warnings.String())
		}
		shown := string(out)
		for _, want := range wants {
			if !strings.Contains(shown, want) {
				t.Errorf("%s lacks %q", page, want)
			}
		}
		if i := strings.IndexAny(shown, "‐\u00ad"); i >= 0 {
			t.Errorf("%s: a word is hyphenated: %q", page, shown[max(0, i-40):i+40])
		}
	}
}
