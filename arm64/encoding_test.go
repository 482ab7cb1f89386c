package arm64

import (
	"bufio"
	"bytes"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// An encoding is a line of testdata/encodings.txt: a macro of neon.h with
// operands, the instruction it stands for, and llvm-mc's encoding of that.
type encoding struct {
	line        int
	macro       string
	args        []string
	instruction string
	want        uint32
}

func encodings(t *testing.T) (list []encoding) {
	f, err := os.Open("testdata/encodings.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		parts := strings.Split(s.Text(), "|")
		name, args, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(parts[0]), ")"), "(")
		want, err := strconv.ParseUint(strings.TrimSpace(parts[2]), 16, 32)
		if err != nil {
			t.Fatalf("encodings.txt:%d: %v", n, err)
		}
		e := encoding{line: n, macro: name, instruction: strings.TrimSpace(parts[1]), want: uint32(want)}
		for _, a := range strings.Split(args, ",") {
			e.args = append(e.args, strings.TrimSpace(a))
		}
		list = append(list, e)
	}
	return list
}

// A macro is a #define of neon.h: its parameters and the expression of its WORD.
type macro struct {
	params []string
	expr   string
}

var define = regexp.MustCompile(`(?m)^#define (\w+)\(([^)]*)\)\s+WORD \$(.*)$`)

func macros(t *testing.T) map[string]macro {
	source, err := os.ReadFile("neon.h")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]macro{}
	for _, m := range define.FindAllStringSubmatch(string(source), -1) {
		list[m[1]] = macro{strings.Split(strings.ReplaceAll(m[2], " ", ""), ","), m[3]}
	}
	if defines := bytes.Count(source, []byte("#define ")); defines != len(list) {
		t.Fatalf("neon.h defines %d macros, of which %d are understood", defines, len(list))
	}
	return list
}

// encode computes a macro as the assembler does: the expression means the same
// in Go.
func (m macro) encode(args []string) (uint32, error) {
	scope := types.NewPackage("neon", "neon")
	for i, p := range m.params {
		v := constant.MakeFromLiteral(strings.TrimPrefix(args[i], "-"), token.INT, 0)
		if strings.HasPrefix(args[i], "-") {
			v = constant.UnaryOp(token.SUB, v, 0)
		}
		scope.Scope().Insert(types.NewConst(token.NoPos, scope, p, types.Typ[types.UntypedInt], v))
	}
	v, err := types.Eval(token.NewFileSet(), scope, token.NoPos, m.expr)
	if err != nil {
		return 0, err
	}
	word, ok := constant.Uint64Val(v.Value)
	if !ok || word>>32 != 0 {
		return 0, fmt.Errorf("%s is no instruction word", v.Value)
	}
	return uint32(word), nil
}

func TestEncodings(t *testing.T) {
	defined, tried := macros(t), map[string]int{}
	for _, e := range encodings(t) {
		m, ok := defined[e.macro]
		if !ok || len(m.params) != len(e.args) {
			t.Errorf("encodings.txt:%d: neon.h has no %s with %d operands", e.line, e.macro, len(e.args))
			continue
		}
		tried[e.macro]++
		if got, err := m.encode(e.args); err != nil || got != e.want {
			t.Errorf("encodings.txt:%d: %s%v is %08x (%v), want %08x for %s", e.line, e.macro, e.args, got, err, e.want, e.instruction)
		}
	}
	for name := range defined {
		if tried[name] < 2 {
			t.Errorf("%s: encodings.txt needs two lines, of registers and numbers that are each other's opposite", name)
		}
	}
}

// TestEncodingsTable makes the table's words again, where llvm-mc is at hand.
func TestEncodingsTable(t *testing.T) {
	tool := ""
	for _, name := range []string{"llvm-mc-19", "llvm-mc"} {
		if path, err := exec.LookPath(name); err == nil {
			tool = path
			break
		}
	}
	if tool == "" {
		t.Log("no llvm-mc: the table is taken at its word")
		return
	}
	list := encodings(t)
	var source strings.Builder
	for _, e := range list {
		fmt.Fprintln(&source, e.instruction)
	}
	cmd := exec.Command(tool, "-triple=aarch64", "-mattr=+dotprod", "-show-encoding")
	cmd.Stdin = strings.NewReader(source.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	words := regexp.MustCompile(`encoding: \[0x(..),0x(..),0x(..),0x(..)\]`).FindAllStringSubmatch(string(out), -1)
	if len(words) != len(list) {
		t.Fatalf("llvm-mc encodes %d of %d instructions", len(words), len(list))
	}
	for i, e := range list {
		if got := words[i][4] + words[i][3] + words[i][2] + words[i][1]; got != fmt.Sprintf("%08x", e.want) {
			t.Errorf("encodings.txt:%d: %s is %s", e.line, e.instruction, got)
		}
	}
}
