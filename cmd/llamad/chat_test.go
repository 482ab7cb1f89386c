package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// What the library shows around a line that is read.
const (
	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
	asks     = pasteOn + ">>> "
	goesOn   = pasteOn + "... "
)

// briefly has a command answer the same every time, and soon.
func briefly(tokens string, command ...string) []string {
	return append(command, "--temperature", "0", "--repeat-penalty", "1", "--max-tokens", tokens)
}

func TestChat(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "talk.json")
	s := sit(t, nil, briefly("3", "chat", "--verbose", smollm2(t))...)
	s.expect("SmolLM2-135M-Instruct.Q4_1, a context of 2048 tokens")
	s.expect(asks)

	s.typeKeys("What is the capital of France?\r")
	s.expect("What is the capital of France?")
	s.expect("\n" + pasteOff)
	if answer := s.expect("total duration: "); len(answer) < 5 || !strings.HasSuffix(answer, "\r\n\r\n") || strings.Contains(answer, "\x1b") {
		t.Errorf("the answer is %q", answer)
	}
	if timings := s.expect("\r\n(cut short after 3 tokens: /set max_tokens 0"); strings.Contains(timings, "kept from before") || !strings.Contains(timings, "eval count:           3 token(s)") {
		t.Errorf("timings of the first turn:\n%s", timings)
	}

	// The second turn computes only what is new.
	s.expect(asks)
	s.typeKeys("And of Spain?\r")
	s.expect("of them kept from before")

	// Up brings the first line back, a change of the window draws it anew.
	s.expect(asks)
	s.typeKeys("\x1b[A\x1b[A")
	s.expect("What is the capital of France?")
	s.resize(20)
	s.expect(">>> What is the capi")
	s.typeKeys("\x15/?\r")
	s.expect("/save FILE ")

	// Several lines are one message: between quotes, behind a backslash, pasted.
	s.resize(80)
	s.expect(asks)
	s.typeKeys("\"\"\"Say\r")
	s.expect(goesOn)
	s.typeKeys("/bye\"\"\"\r")
	s.expect("total duration")
	s.expect(asks)
	s.typeKeys("Say \\\r")
	s.expect(goesOn)
	s.typeKeys("two\r")
	s.expect("total duration")
	s.expect(asks)
	s.typeKeys("\x1b[200~/clear\rthree\x1b[201~")
	s.expect(goesOn)
	s.expect("three")
	s.typeKeys("\r")
	s.expect("total duration")

	s.expect(asks)
	s.typeKeys("/save " + notes + "\r")
	s.expect("(saved)")
	s.expect(asks)
	s.typeKeys("/frobnicate\r")
	s.expect("there is no command /frobnicate\r\nhint: /help lists them")
	s.expect(asks)
	s.typeKeys("\x04")
	if code := s.leaves(); code != exitOK {
		t.Errorf("exit code %d", code)
	}

	info, err := os.Stat(notes)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	messages, err := readConversation(notes)
	if err != nil || len(messages) != 10 || messages[0].Content != "What is the capital of France?" || messages[1].Role != "assistant" ||
		messages[4].Content != "Say\n/bye" || messages[6].Content != "Say \ntwo" || messages[8].Content != "/clear\nthree" {
		t.Errorf("%v: %q", err, messages)
	}
}

// Ctrl-C stops an answer and takes a line back; only twice in a row it leaves.
func TestChatIsInterrupted(t *testing.T) {
	s := sit(t, nil, briefly("0", "run", smollm2(t))...)
	s.expect(asks)
	s.typeKeys("Tell me a very long story about a lighthouse.\r")
	s.expect("\n" + pasteOff)
	s.expect(" the ")
	s.typeKeys("\x03")
	s.expect(asks)
	s.typeKeys("half a li\x03")
	s.expect("(Ctrl-C again, or Ctrl-D, leaves)")
	s.expect(asks)
	s.typeKeys("/set max_tokens 2\r")
	s.expect("(max_tokens is set)")
	s.expect(asks)
	s.typeKeys("\x03")
	s.expect(asks)
	s.typeKeys("Hi\r")
	s.expect("(cut short after 2 tokens")
	s.expect(asks)
	s.typeKeys("\x03")
	s.expect(asks)
	s.typeKeys("\x03")
	if code := s.leaves(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// A signal that ends the program leaves the terminal as it was.
func TestChatIsTerminated(t *testing.T) {
	s := sit(t, nil, "chat", smollm2(t))
	before, err := unix.IoctlGetTermios(int(s.desk.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	s.expect(asks)
	if now, err := unix.IoctlGetTermios(int(s.desk.Fd()), unix.TCGETS); err != nil || *now == *before {
		t.Fatalf("%v: the terminal is not taken over", err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.leaves(); code != exitFailure {
		t.Errorf("exit code %d", code)
	}
	if after, err := unix.IoctlGetTermios(int(s.desk.Fd()), unix.TCGETS); err != nil || *after != *before {
		t.Errorf("%v: the terminal is %v, was %v", err, after, before)
	}
}

// With --history, the lines of one conversation are there in the next.
func TestChatRemembersLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	args := []string{"chat", "--history", file, smollm2(t)}
	s := sit(t, nil, args...)
	s.expect(asks)
	s.typeKeys("/system Be brief.\r")
	s.expect("(system message set)")
	s.expect(asks)
	s.typeKeys("/bye\r")
	if code := s.leaves(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	s = sit(t, nil, args...)
	s.expect(asks)
	s.typeKeys("\x1b[A\x1b[A")
	s.expect("/system Be brief.")
	s.typeKeys("\x15\x04")
	if code := s.leaves(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// Without a terminal a line is a message, and only answers come out.
func TestChatIsPlainInAPipe(t *testing.T) {
	work := t.TempDir()
	file := filepath.Join(work, "talk.json")
	args := briefly("3", "chat", smollm2(t))
	var out, errs bytes.Buffer
	in := "What is the capital of France?\n\n/save " + file + "\n/clear\n/load " + file + "\n\"\"\"And of\nSpain?"
	if code := run(t.Context(), args, strings.NewReader(in), &out, &errs, nil); code != exitOK || strings.Count(out.String(), "\n") != 2 || strings.Contains(out.String(), "\x1b") {
		t.Errorf("exit %d: %q\n%s", code, out.String(), errs.String())
	}
	in = "What is the capital of France?\r\nAnd of\\\nSpain?\n/bye\nnothing"
	if unbroken := llamad(t, in, args...); unbroken != out.String() {
		t.Errorf("%q, without saving and loading %q", out.String(), unbroken)
	}

	for in, want := range map[string]string{
		"/load " + filepath.Join(work, "none") + "\n": "none: no such file",
		"/save\n":              "expected /save FILE",
		"/set\n/set top_k x\n": `top_k is "x", expected a whole number`,
		"/set seed\n":          "expected /set FIELD VALUE",
		"/frob\n":              "there is no command /frob",
		"caf\xe9\n":            "the text is not UTF-8",
		"/save x\n":            "nothing was said yet",
	} {
		errs.Reset()
		if code := run(t.Context(), args, strings.NewReader(in), &out, &errs, nil); code != exitFailure || !strings.Contains(errs.String(), "llamad: chat: ") || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: exit %d: %s", in, code, errs.String())
		}
	}
}

// When the context is full, turns are forgotten and the conversation goes on.
func TestChatForgets(t *testing.T) {
	var out, errs bytes.Buffer
	long := strings.Repeat("very ", 50)
	in := "I am " + long + "old.\nYou are " + long + "young.\nShe is " + long + "tall.\n" + strings.Repeat(long, 10) + "\n"
	code := run(t.Context(), briefly("2", "chat", "--context", "160", smollm2(t)), strings.NewReader(in), &out, &errs, nil)
	if code != exitFailure || strings.Count(out.String(), "\n") != 3 || !strings.Contains(errs.String(), "(the context is full: the oldest ") || !strings.Contains(errs.String(), "the prompt has ") {
		t.Errorf("exit %d: %q\n%s", code, out.String(), errs.String())
	}
}
