package arm64

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// assemble gives the disassembly of every .s file of the package.
func assemble(t *testing.T) string {
	files, err := filepath.Glob("*_arm64.s")
	if err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	include := filepath.Join(strings.TrimSpace(string(root)), "pkg", "include")
	var all strings.Builder
	for _, f := range files {
		object := filepath.Join(t.TempDir(), "o")
		asm := exec.Command("go", "tool", "asm", "-p", "llamad/arm64", "-I", ".", "-I", include, "-o", object, f)
		asm.Env = append(os.Environ(), "GOARCH=arm64", "GOOS=linux")
		if out, err := asm.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		dump, err := exec.Command("go", "tool", "objdump", object).Output()
		if err != nil {
			t.Fatal(err)
		}
		all.Write(dump)
	}
	return all.String()
}

// TestNoDotInNeon disassembles the package: SDOT or UDOT outside the Dot class
// would be an illegal instruction on a Raspberry Pi 4.
func TestNoDotInNeon(t *testing.T) {
	line := regexp.MustCompile(`^\s+\S+\s+0x[0-9a-f]+\s+([0-9a-f]{8})\s`)
	symbol, dots := "", map[string]int{}
	for _, l := range strings.Split(assemble(t), "\n") {
		if name, ok := strings.CutPrefix(l, "TEXT "); ok {
			symbol = strings.Fields(name)[0]
			dots[symbol] = 0
		} else if m := line.FindStringSubmatch(l); m != nil {
			word, _ := strconv.ParseUint(m[1], 16, 32)
			vector := word&0x9fe0fc00 == 0x0e809400 || word&0x9fe0fc00 == 0x0e809400|1<<29
			element := word&0x9fc0f400 == 0x0f80e000 || word&0x9fc0f400 == 0x0f80e000|1<<29
			if vector || element {
				dots[symbol]++
			}
		}
	}
	for symbol, n := range dots {
		multiplies := strings.Contains(symbol, "GemmDot") || strings.Contains(symbol, "GemvDot")
		if float := strings.Contains(symbol, "F16") || strings.Contains(symbol, "F32"); multiplies && !float && n == 0 {
			t.Errorf("%s holds no SDOT: the test does not see them", symbol)
		}
		if !multiplies && n != 0 {
			t.Errorf("%s holds %d SDOT", symbol, n)
		}
	}
	if len(dots) < 8 {
		t.Errorf("only %d symbols found", len(dots))
	}
}
