package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"llamad/runtime/llm"
)

func TestTimingsAreOllamas(t *testing.T) {
	var out bytes.Buffer
	writeTimings(&out, 20*time.Millisecond, llm.Result{PromptTokens: 26, CachedTokens: 6, CompletionTokens: 30, Prefill: 400 * time.Millisecond, Decode: 3 * time.Second})
	const want = `total duration:       3.42s
load duration:        20ms
prompt eval count:    26 token(s), 6 of them kept from before
prompt eval duration: 400ms
prompt eval rate:     50.00 tokens/s
eval count:           30 token(s)
eval duration:        3s
eval rate:            10.00 tokens/s
`
	if out.String() != want {
		t.Errorf("the timings:\n%s", out.String())
	}
	out.Reset()
	writeTimings(&out, 0, llm.Result{PromptTokens: 1})
	if !strings.Contains(out.String(), "eval rate:            0.00 tokens/s\n") {
		t.Errorf("nothing was written:\n%s", out.String())
	}
}

func TestRunIsVerboseBesideTheAnswer(t *testing.T) {
	var out, errs bytes.Buffer
	args := []string{"run", "--verbose", "--raw", "--temperature", "0", "--max-tokens", "2", smollm2(t), "The capital of France is"}
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errs, nil); code != exitOK || out.String() != " Paris.\n" {
		t.Fatalf("exit %d: %q\n%s", code, out.String(), errs.String())
	}
	for _, want := range []string{`^total duration: +[1-9]`, `\nload duration: +[1-9]`, `\nprompt eval count: +5 token\(s\)\n`, `\neval count: +2 token\(s\)\n`} {
		if !regexp.MustCompile(want).MatchString(errs.String()) {
			t.Errorf("%s is missing in\n%s", want, errs.String())
		}
	}
}
