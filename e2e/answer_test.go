package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
)

// question is one of the five that the well-known article on small models on a
// Raspberry Pi puts to TinyLlama, and how SmolLM2 begins its answer under exact
// arithmetic: as far as every token is likelier than the runner-up by a margin
// that int8 activations leave alone.
type question struct {
	text   string
	begins string
}

func questions(t *testing.T) []question {
	t.Helper()
	tokens, err := llm.OpenVocabulary(smolLM2(t))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("../runtime/llm/testdata/smollm2-135m-q4_1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []question
	for dec := json.NewDecoder(f); len(all) < 5; {
		var line struct {
			Text   string
			Greedy []tokenizer.ID
			Margin []float64 `json:"greedy_margin"`
		}
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(line.Text, "<|im_start|>user\n")
		text, _, ok := strings.Cut(text, "<|im_end|>")
		if !ok {
			t.Fatalf("no question in %q", line.Text)
		}
		n := 0
		for n < min(len(line.Greedy), answerTokens) && line.Margin[n] >= 0.3 {
			n++
		}
		all = append(all, question{text, tokens.Decode(line.Greedy[:n], false)})
	}
	return all
}

// answerTokens keeps an answer on an emulated core to a few seconds.
const answerTokens = 8

func TestQuestionsAreAnsweredByRun(t *testing.T) {
	for _, b := range binaries {
		t.Run(b.name, func(t *testing.T) {
			for _, q := range questions(t) {
				r := b.run(t, q.text, "run", smolLM2(t), "--temperature", "0", "--repeat-penalty", "1", "--max-tokens", fmt.Sprint(answerTokens))
				if r.code != 0 || !strings.HasPrefix(r.stdout, q.begins) || strings.TrimSpace(r.stdout) == "" {
					t.Errorf("%q: exit %d, answer %q (want it to begin with %q), stderr %q", q.text, r.code, r.stdout, q.begins, r.stderr)
				}
			}
		})
	}
}

func TestQuestionsAreAnsweredOverMQTT(t *testing.T) {
	for _, b := range binaries {
		t.Run(b.name, func(t *testing.T) {
			broker := mosquittotest.Start(t)
			serve(t, b, broker.URL())
			c := dial(t, broker)
			c.waitOnline(b.slow)
			for i, q := range questions(t) {
				id := fmt.Sprintf("q%d", i)
				c.publish("prompt/test", 1, object{"id": id, "prompt": q.text, "temperature": 0, "repeat_penalty": 1, "max_tokens": answerTokens, "deadline_s": 600})
				a := c.answer("response/test", id, b.slow)
				if a.Status != "ok" || !strings.HasPrefix(a.Text, q.begins) || a.Text == "" {
					t.Errorf("%q: %+v, want a text that begins with %q", q.text, a, q.begins)
				}
			}
		})
	}
}

// A prompt with the head of an earlier one prefills only what is new.
func TestSharedHeadIsPrefilledOnce(t *testing.T) {
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL())
	c := dial(t, broker)
	c.waitOnline(native.slow)
	system := strings.Repeat("The kitchen light is on and the heating is off. ", 50)
	ask := func(id, prompt string) answer {
		c.publish("prompt/test", 1, object{"id": id, "system": system, "prompt": prompt, "max_tokens": 4})
		return c.answer("response/test", id, native.slow)
	}
	cold := ask("cold", "Is the light on?")
	warm := ask("warm", "Is the heating on?")
	if cold.Timings.Cached != 0 || warm.Timings.Cached < 500 || warm.Usage.Prompt-warm.Timings.Cached > 30 {
		t.Errorf("cached tokens: %d of %d, then %d of %d; want the head of 500 and more",
			cold.Timings.Cached, cold.Usage.Prompt, warm.Timings.Cached, warm.Usage.Prompt)
	}
}
