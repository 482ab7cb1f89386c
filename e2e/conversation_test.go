package e2e

import (
	"fmt"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

// A second turn knows of the first and prefills only what is new.
func TestConversationGoesOn(t *testing.T) {
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL())
	c := dial(t, broker)
	c.waitOnline(native.slow)
	turn := func(id, prompt string, more ...string) answer {
		request := object{"id": id, "prompt": prompt, "conversation": "livingroom", "temperature": 0, "repeat_penalty": 1, "max_tokens": 24}
		for _, key := range more {
			request[key] = true
		}
		c.publish("prompt/test", 1, request)
		a := c.answer("response/test", id, native.slow)
		if a.Status != "ok" {
			t.Fatalf("%+v", a)
		}
		return a
	}
	first := turn("a", "My name is Aurelia and my cat is called Moritz. "+strings.Repeat("It sleeps all day. ", 20))
	said := first.Usage.Prompt + first.Usage.Completion
	second := turn("b", "What is my cat called?")
	const turnTokens = 30 // the end of the answer, the question, and the template around them
	if second.Usage.Prompt < said || second.Usage.Prompt > said+turnTokens || second.Usage.Prompt-second.Timings.Cached > turnTokens {
		t.Errorf("after %d tokens, %d of %d tokens of the second prompt were computed", said, second.Usage.Prompt-second.Timings.Cached, second.Usage.Prompt)
	}
	if !strings.Contains(second.Text, "Aurelia") && !strings.Contains(second.Text, "Mo") {
		t.Errorf("the second answer does not know of the first prompt: %q", second.Text)
	}
	// Another prompt in between takes nothing away.
	c.publish("prompt/test", 1, object{"id": "other", "prompt": "Name a colour.", "max_tokens": 4})
	c.answer("response/test", "other", native.slow)
	third := turn("c", "And who am I?")
	if new := third.Usage.Prompt - third.Timings.Cached; new > turnTokens {
		t.Errorf("%d of %d tokens of the third prompt were computed", new, third.Usage.Prompt)
	}
	if anew := turn("d", "What is my cat called?", "reset"); anew.Usage.Prompt > 60 {
		t.Errorf("after a reset the prompt still has %d tokens", anew.Usage.Prompt)
	}
}

// A conversation longer than the context goes on without its beginning.
func TestConversationOutgrowsTheContext(t *testing.T) {
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL(), "[memory]", "context = 256")
	c := dial(t, broker)
	c.waitOnline(native.slow)
	forgot, reused, before := 0, 0, 0
	for i := range 12 {
		id := fmt.Sprintf("turn%d", i)
		c.publish("prompt/test", 1, object{"id": id, "prompt": fmt.Sprintf("Say something about the number %d.", i), "conversation": "x", "max_tokens": 16})
		a := c.answer("response/test", id, native.slow)
		if a.Status != "ok" || a.Usage.Prompt+16 > 256 {
			t.Fatalf("%+v", a)
		}
		if a.Usage.Prompt < before {
			forgot++
		} else if a.Timings.Cached >= before {
			reused++
		}
		before = a.Usage.Prompt
	}
	if forgot == 0 || forgot > 4 || reused < 12-2*forgot-1 {
		t.Errorf("of 12 turns %d forgot something and %d went on from what was computed", forgot, reused)
	}
}

// The sentence becomes one of the actions, and the prompt is computed once.
func TestOneOf(t *testing.T) {
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL(), `[client.door]`, `one_of = ["open", "closed"]`, `reply = "text"`)
	c := dial(t, broker)
	c.waitOnline(native.slow)
	c.publish("prompt/test", 1, object{"id": "a", "system": "Repeat the action that the user names.",
		"prompt": "The action is: heating up", "one_of": []string{"light on", "heating up", "none"}})
	a := c.answer("response/test", "a", native.slow)
	if a.Text != "heating up" || len(a.Scores) != 3 || a.Scores[1].Probability < 0.5 || a.Scores[1].Logprob > 0 || a.Choices[0].FinishReason != "stop" {
		t.Errorf("%+v", a)
	}
	c.publish("prompt/door", 1, "The door is open. Is it open or closed?")
	c.until("response/door", native.slow, func(p []byte) bool {
		if text := string(p); text != "open" && text != "closed" {
			t.Errorf("%q", text)
		}
		return true
	})
}
