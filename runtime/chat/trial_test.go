package chat

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is its own child process: with one of these as its first
// argument it does that and ends.
const (
	childTrial = "child=trial"
	childSpin  = "child=spin"
	childEat   = "child=eat"
	childOdd   = "child=odd"
)

func TestMain(m *testing.M) {
	child := ""
	if len(os.Args) > 1 {
		child = os.Args[1]
	}
	var err error
	switch child {
	case childTrial:
		err = TrialMain(os.Stdin, os.Stdout)
	case childSpin:
		err = limitProcess(1, trialMemory)
		for start := time.Now(); err == nil && time.Since(start) < time.Minute; {
		}
	case childEat:
		err = limitProcess(trialCPU, trialMemory)
		for kept := [][]byte{}; err == nil; {
			kept = append(kept, make([]byte, 1<<20))
			kept[len(kept)-1][0] = 1
		}
	case childOdd:
		_, err = fmt.Println("usage: ...")
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestTrial(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Under user-mode emulation the kernel can't start the test binary again.
	emulated := errors.Is(exec.Command(exe, childOdd).Run(), syscall.ENOEXEC)
	const good = `{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}`
	for _, test := range []struct {
		name   string
		trial  Trial
		source string
		want   string // "" is a pass
	}{
		{"a good template", TrialProcess(exe, childTrial), good, ""},
		{"one that does not parse", TrialProcess(exe, childTrial), `{% if %}`, "an expression is missing"},
		{"one that never ends", TrialProcess(exe, childTrial), `{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}`, "the template was stopped"},
		{"one that forgets the user", TrialProcess(exe, childTrial), `hello`, "leaves out what the user says"},
		{"one that refuses the user", TrialProcess(exe, childTrial), `{{ raise_exception('no ' ~ messages[0].role) }}`, "no user"},
		{"one that refuses the system", TrialProcess(exe, childTrial), `{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}{{ m.content }}{% endfor %}`, ""},
		{"a child that uses up its time", TrialProcess(exe, childSpin), good, "used too much time or memory"},
		{"a child that uses up its memory", TrialProcess(exe, childEat), good, "used too much time or memory"},
		{"a child that is something else", TrialProcess(exe, childOdd), good, "could not be tried"},
		{"no child", TrialProcess("/nowhere/llamad"), good, "could not be tried"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if emulated {
				test.want = "could not be tried"
			}
			err := test.trial(Job{Source: test.source, BOS: "<s>", EOS: "</s>"})
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want ... %s ...", err, test.want)
			}
			if errors.Is(err, ErrNoTrial) != strings.Contains(test.want, "could not be tried") {
				t.Errorf("%v: is ErrNoTrial: %v", err, errors.Is(err, ErrNoTrial))
			}
		})
	}
}

// TestTrialIsHeeded holds what New does with a trial's outcome.
func TestTrialIsHeeded(t *testing.T) {
	tok := vocabulary(t, "smollm2")
	const source = `{% for m in messages %}{{ m.content }}{% endfor %}`
	for _, test := range []struct {
		name, want, warning string
		err                 error
	}{
		{"passed", "file", "", nil},
		{"failed", "chatml", "tokenizer.chat_template: stopped; messages are written as chatml", errors.New("stopped")},
		{"did not take place", "file", "no room; the chat template was tried in this process", fmt.Errorf("no room%w", hidden{ErrNoTrial})},
	} {
		var job Job
		tmpl, err := New(tok, Options{Source: source, Trial: func(j Job) error { job = j; return test.err }})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(tmpl.Warnings(), "|"); tmpl.Name() != test.want || got != test.warning {
			t.Errorf("%s: template %s, warnings %q, want %s, %q", test.name, tmpl.Name(), got, test.want, test.warning)
		}
		if want := (Job{source, "<|im_start|>", "<|im_end|>"}); job != want {
			t.Errorf("%s: the job was %v, want %v", test.name, job, want)
		}
	}
}

// hidden wraps an error without saying so.
type hidden struct{ error }

func (hidden) Error() string   { return "" }
func (h hidden) Unwrap() error { return h.error }
