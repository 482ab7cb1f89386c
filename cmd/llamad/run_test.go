package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/mqtt"
	"llamad/runtime/llm"
)

// smollm2 is the model that make downloads for the tests.
func smollm2(t *testing.T) string {
	t.Helper()
	path := os.Getenv("LLAMAD_TEST_SMOLLM2")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(home, ".cache/llamad/SmolLM2-135M-Instruct.Q4_1.gguf")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("this test needs a model: %v: make model downloads it", err)
	}
	return path
}

// llamad runs a command line that must succeed, and gives its standard output.
func llamad(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(stdin), &out, &errs, nil); code != 0 {
		t.Fatalf("llamad %q exits with %d:\n%s", args, code, errs.String())
	}
	return out.String()
}

func TestRunAnswers(t *testing.T) {
	model := smollm2(t)
	greedy := []string{"run", model, "--temperature", "0", "--repeat-penalty", "1", "--max-tokens", "3"}
	byArgument := llamad(t, "", append(greedy, "What is the capital of France?")...)
	byInput := llamad(t, "What is the capital of France?\n", greedy...)
	if byArgument != byInput || !strings.HasSuffix(byArgument, "\n") || len(byArgument) < 4 {
		t.Errorf("by argument %q, by standard input %q", byArgument, byInput)
	}
	messages := llamad(t, "", append(greedy, "--messages", `[{"role":"user","content":"What is the capital of France?"}]`)...)
	if messages != byArgument {
		t.Errorf("by messages %q, expected %q", messages, byArgument)
	}

	raw := llamad(t, "", "run", "--raw", "--temperature", "0", "--max-tokens", "3", model, "The capital of France is")
	if raw != " Paris.\n" {
		t.Errorf("raw: %q", raw)
	}
	if echo := llamad(t, "", "run", "--raw", "--echo", "--temperature", "0", "--max-tokens", "1", model, "The capital of France is"); echo != "The capital of France is Paris\n" {
		t.Errorf("raw with echo: %q", echo)
	}
}

func TestRunJSON(t *testing.T) {
	model := smollm2(t)
	out := llamad(t, "", "run", "--json", "--raw", "--echo", "--logprobs", "2", "--temperature", "0", "--max-tokens", "2", model, "The capital of France is")
	var a mqtt.Answer
	if err := json.Unmarshal([]byte(out), &a); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("not one line of JSON: %v\n%s", err, out)
	}
	c := a.Choices[0]
	if a.Status != "ok" || a.Object != "text_completion" || !strings.HasPrefix(a.ID, "cmpl-") || a.Model != "SmolLM2-135M-Instruct.Q4_1" ||
		a.Text != "The capital of France is Paris." || *c.Text != a.Text || c.FinishReason != "length" ||
		a.Usage != (mqtt.Usage{PromptTokens: 5, CompletionTokens: 2, TotalTokens: 7}) {
		t.Errorf("answer %s", out)
	}
	logprobs := c.Logprobs.(map[string]any)
	for _, key := range []string{"tokens", "text_offset", "token_logprobs", "top_logprobs", "token_ids", "top_ids"} {
		if list, ok := logprobs[key].([]any); !ok || len(list) != 7 {
			t.Errorf("%s: %v", key, logprobs[key])
		}
	}
	// At each position the list of [id, log-probability] predicted before it.
	top := logprobs["top_ids"].([]any)
	if top[0] != nil || len(top[6].([]any)) != 2 || len(top[6].([]any)[0].([]any)) != 2 {
		t.Errorf("top_ids: %v", top)
	}

	out = llamad(t, "", "run", "--json", "--max-tokens", "1", "--messages", `[{"role":"user","content":"Hi"}]`, model)
	if !strings.Contains(out, `"object":"chat.completion"`) || !strings.Contains(out, `"message":{"role":"assistant"`) || !strings.Contains(out, `"logprobs":null`) {
		t.Errorf("answer to messages: %s", out)
	}
}

func TestRunChooses(t *testing.T) {
	model := smollm2(t)
	args := []string{"run", model, "--raw", "--one-of", " London", "--one-of", " Paris", "The capital of France is"}
	if out := llamad(t, "", args...); out != " Paris\n" {
		t.Errorf("chosen: %q", out)
	}
	out := llamad(t, "", append(args, "--json")...)
	var a struct {
		Text   string
		Scores []llm.Score
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil || a.Text != " Paris" || len(a.Scores) != 2 || a.Scores[1].Text != " Paris" ||
		a.Scores[1].Probability < 0.9 || a.Scores[0].Logprob > a.Scores[1].Logprob {
		t.Errorf("%v: %s", err, out)
	}
}

func TestRunRepeatsWithASeed(t *testing.T) {
	model := smollm2(t)
	args := []string{"run", "--raw", "--temperature", "2", "--seed", "18446744073709551615", "--max-tokens", "8", model, "Once"}
	if one, two := llamad(t, "", args...), llamad(t, "", args...); one != two {
		t.Errorf("the same seed gives %q and %q", one, two)
	}
}

// interrupter ends the context at the first byte, as Ctrl-C does.
type interrupter struct {
	bytes.Buffer
	interrupt context.CancelFunc
}

func (w *interrupter) Write(p []byte) (int, error) {
	w.interrupt()
	return w.Buffer.Write(p)
}

func TestRunIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &interrupter{interrupt: cancel}
	var errs bytes.Buffer
	code := run(ctx, []string{"run", "--raw", "--temperature", "0", "--max-tokens", "500", smollm2(t), "The capital of France is"}, strings.NewReader(""), out, &errs, nil)
	if code != exitFailure || errs.Len() > 0 || !strings.HasPrefix(" Paris.", strings.TrimSuffix(out.String(), "\n")) || !strings.HasSuffix(out.String(), "\n") {
		t.Errorf("exit %d, output %q, errors %q", code, out.String(), errs.String())
	}
}

func TestRunHasADeadline(t *testing.T) {
	out := llamad(t, "", "run", "--json", "--raw", "--temperature", "0", "--max-tokens", "0", "--deadline-s", "1", "--stop", "nowhere", smollm2(t), "Once upon a time")
	if !strings.Contains(out, `"finish_reason":"deadline"`) && !strings.Contains(out, `"finish_reason":"stop"`) {
		t.Errorf("answer %s", out)
	}
}

func TestRunRefusesAPromptBeyondTheContext(t *testing.T) {
	var out bytes.Buffer
	code := run(t.Context(), []string{"run", "--raw", "--context", "64", smollm2(t)}, strings.NewReader(strings.Repeat("word ", 100)), &out, &out, nil)
	if code != exitFailure || !strings.Contains(out.String(), "llamad: run: the prompt has 1") || !strings.Contains(out.String(), "--context") {
		t.Errorf("exit %d: %s", code, out.String())
	}
}

func TestFailingOutputIsAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	var errs bytes.Buffer
	code := run(t.Context(), []string{"run", "--raw", "--max-tokens", "4", smollm2(t), "The"}, strings.NewReader(""), full, &errs, nil)
	if code != exitFailure || !strings.Contains(errs.String(), "llamad: run: standard output: ") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
