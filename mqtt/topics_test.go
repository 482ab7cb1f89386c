package mqtt

import (
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	tree := newTree("home/llm", "pi4")
	for _, test := range []struct{ topic, kind, client string }{
		{"home/llm/pi4/prompt", topicPrompt, ""},
		{"home/llm/pi4/prompt/kitchen", topicPrompt, "kitchen"},
		{"home/llm/pi4/prompt/", topicPrompt, ""},
		{"home/llm/pi4/cancel", topicCancel, ""},
		{"home/llm/pi4/cancel/kitchen", "", ""},
		{"home/llm/pi4/prompt/kitchen/lamp", "", ""},
		{"home/llm/pi4/response", "", ""},
		{"home/llm/pi5/prompt", "", ""},
		{"home/llm/pi4", "", ""},
		{"home/llm/pi4prompt", "", ""},
		{"", "", ""},
	} {
		if kind, client := tree.classify(test.topic); kind != test.kind || client != test.client {
			t.Errorf("classify(%q) = %q, %q, want %q, %q", test.topic, kind, client, test.kind, test.client)
		}
	}
}

func TestClientNames(t *testing.T) {
	for name, good := range map[string]bool{
		"":                      true,
		"kitchen":               true,
		"Küche 2":               true,
		strings.Repeat("x", 64): true,
		strings.Repeat("x", 65): false,
		"a+b":                   false,
		"#":                     false,
		"a\x00b":                false,
		"a\u0085b":              false,
		"\xff":                  false,
		"a\ufffe":               false,
		"a\u202eb":              false,
	} {
		if err := checkClient(name); (err == nil) != good {
			t.Errorf("checkClient(%q) = %v", name, err)
		}
	}
}

// Whatever topic a message comes on, the topics of its answer lie in our tree
// and are none that we listen to.
func FuzzTopics(f *testing.F) {
	for _, seed := range []string{"llamad/pi4/prompt", "llamad/pi4/prompt/kitchen", "llamad/pi4/prompt//", "llamad/pi4/prompt/+", "llamad/pi4/cancel", "$SYS/x", "llamad/pi4/prompt/\x00"} {
		f.Add(seed)
	}
	tree := newTree("llamad", "pi4")
	f.Fuzz(func(t *testing.T, topic string) {
		kind, client := tree.classify(topic)
		if kind != topicPrompt || checkClient(client) != nil {
			return
		}
		for _, out := range []string{topicResponse, topicStream, topicStatus} {
			answer := tree.topic(out, client)
			if err := checkTopic(answer); err != nil {
				t.Errorf("%q is answered on %q, which %v", topic, answer, err)
			}
			if listened, _ := tree.classify(answer); listened != "" || !within(answer, string(tree)) {
				t.Errorf("%q is answered on %q", topic, answer)
			}
		}
	})
}
