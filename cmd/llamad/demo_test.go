package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
)

func TestDemo(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"demo", smollm2(t), "What is the capital of France?", "--max-tokens", "6", "--temperature", "0"},
		strings.NewReader(""), &out, &errs, nil)
	want := regexp.MustCompile(`(?s)^model   SmolLM2-135M-Instruct\.Q4_1: llama, Q4_1, \w+ kernels, context 2048
broker  mqtt://127\.0\.0\.1:\d+, in this process
prompt  llamad/demo/prompt/\.\.\.: What is the capital of France\?
answer  llamad/demo/response/\.\.\., as it comes:

\S.+

\d+ tokens read \([\d.]+ a second\), 6 written \([\d.]+ a second\)
$`)
	if code != 0 || !want.MatchString(out.String()) || errs.Len() > 0 {
		t.Errorf("exit %d, shows\n%s\n%s", code, out.String(), errs.String())
	}
}

func TestDemoIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &interrupter{interrupt: cancel} // at the first line, before the prompt is sent
	var errs bytes.Buffer
	if code := run(ctx, []string{"demo", smollm2(t), "--max-tokens", "0"}, strings.NewReader(""), out, &errs, nil); code != exitFailure || errs.String() != "llamad: demo: interrupted\n" {
		t.Errorf("exit %d, shows %s", code, errs.String())
	}
}

func TestDemoWithoutModel(t *testing.T) {
	work := fixtures(t)
	for name, want := range map[string]string{
		"none.gguf":       "no model \"none.gguf\" in ",
		"./none.gguf":     "./none.gguf: no such file\nhint: ",
		"picture.gguf":    "this is no GGUF file",
		work + "/../none": "no such file",
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"demo", name}, strings.NewReader(""), &out, &errs, nil); code != exitFailure || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit %d, shows %s%s", name, code, out.String(), errs.String())
		}
	}
}
