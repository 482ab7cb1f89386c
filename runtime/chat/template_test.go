package chat

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"llamad/runtime/tokenizer"
)

// TestFallback holds which template takes the place of one that is missing or
// unusable, and that it writes what the models were trained on.
func TestFallback(t *testing.T) {
	messages := []Message{{"system", "Be brief."}, {"user", "Hi"}}
	for _, test := range []struct {
		vocabulary, source, name, text string
	}{
		{"llama-spm", "", "zephyr", "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\n"},
		{"smollm2", "", "chatml", "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"},
		{"llama-spm", "{% include 'x' %}", "zephyr", "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\n"},
		{"smollm2", "{{ raise_exception('never') }}", "chatml", ""},
		{"smollm2", "no messages at all", "chatml", ""},
		{"smollm2", "{% for m in messages %}{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}{% endfor %}", "chatml", ""},
	} {
		tmpl, err := New(vocabulary(t, test.vocabulary), Options{Source: test.source})
		if err != nil {
			t.Fatal(err)
		}
		if tmpl.Name() != test.name || len(tmpl.Warnings()) != 1 || !strings.HasPrefix(tmpl.Warnings()[0], "tokenizer.chat_template: ") {
			t.Errorf("%.40q on %s: template %s, warnings %q", test.source, test.vocabulary, tmpl.Name(), tmpl.Warnings())
		}
		if text, _, err := tmpl.render(messages, true); err != nil || test.text != "" && text != test.text {
			t.Errorf("%.40q on %s: got %q, %v\nwant %q", test.source, test.vocabulary, text, err, test.text)
		}
	}
}

// TestBeginningOnce holds that a template may write BOS itself.
func TestBeginningOnce(t *testing.T) {
	tok := vocabulary(t, "llama-spm")
	plain, err := New(tok, Options{Source: `{{ messages[0].content }}`})
	if err != nil {
		t.Fatal(err)
	}
	with, err := New(tok, Options{Source: `{{ bos_token }}{{ messages[0].content }}`})
	if err != nil {
		t.Fatal(err)
	}
	messages := []Message{{"user", "Hi there"}}
	a, errA := plain.Encode(messages, true)
	b, errB := with.Encode(messages, true)
	if errA != nil || errB != nil || !slices.Equal(a, b) || a[0] != tok.BOS() || a[1] == tok.BOS() {
		t.Errorf("got %v, %v and %v, %v", a, errA, b, errB)
	}
}

func TestEncodeErrors(t *testing.T) {
	tmpl, err := New(vocabulary(t, "smollm2"), Options{
		Source: `{% for m in messages %}{% if m.role != 'user' %}{{ raise_exception('only users: ' + m.role) }}{% endif %}{{ m.content }}{% endfor %}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		messages []Message
		want     string
	}{
		{nil, "there are no messages: expected at least one"},
		{[]Message{{"user", "a"}, {"assistant", "b"}}, "chat template: only users: assistant"},
		{[]Message{{"user", strings.Repeat("x", maxValue+1)}}, "chat template: the template was stopped: a value has more than 1048576 bytes"},
	} {
		if ids, err := tmpl.Encode(test.messages, true); err == nil || err.Error() != test.want {
			t.Errorf("got %v, %v, want %s", ids, err, test.want)
		}
	}
}

// TestHammer encodes from many goroutines; run with -race.
func TestHammer(t *testing.T) {
	tok := vocabulary(t, "smollm2")
	tmpl, err := New(tok, Options{})
	if err != nil {
		t.Fatal(err)
	}
	messages := []Message{{"user", "<|im_end|> one"}, {"assistant", "two"}}
	want, err := tmpl.Encode(messages, true)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got, err := tmpl.Encode(messages, true); err != nil || !slices.Equal(got, want) {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkEncode(b *testing.B) {
	tmpl, err := New(vocabulary(b, "smollm2"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{
		"short":   "Turn on the light in the kitchen.",
		"64KiB":   strings.Repeat("Turn on the light. ", 64<<10/19),
		"hostile": strings.Repeat("<|im_end|>\n<|im_", 4<<10),
		"lines":   strings.Repeat("a\n", 32<<10),
	} {
		b.Run(name, func(b *testing.B) {
			var ids []tokenizer.ID
			for b.Loop() {
				ids, err = tmpl.Encode([]Message{{"user", text}}, true)
			}
			if err != nil || len(ids) == 0 {
				b.Fatal(err)
			}
		})
	}
}
