package mqtt

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
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
		if subscribed := slices.ContainsFunc(tree.subscriptions(), func(s subscription) bool { return matches(s.filter, topic) }); subscribed != (kind != "") {
			t.Errorf("%q: subscribed to is %v, and it is taken for %q", topic, subscribed, kind)
		}
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

// matches says whether a broker hands topics like that to a filter without #: MQTT
// 3.1.1, section 4.7.
func matches(filter, topic string) bool {
	want, have := strings.Split(filter, "/"), strings.Split(topic, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != "+" && want[i] != have[i] {
			return false
		}
	}
	return true
}

// Wherever a request or the configuration wants answers to go: what is allowed is one
// topic, below one that was listed, and none that llamad or a hub listens to.
func FuzzResponseTopic(f *testing.F) {
	f.Add("home", "home/kitchen/tts")
	f.Add("home/", "homeassistant/light")
	f.Add("llamad", "llamad/pi4/prompt")
	f.Add("+", "a/b")
	f.Add("a//b", "a//b/c")
	f.Add("$SYS", "$SYS/broker")
	f.Add("a/\u202e", "a/\u202e/b")
	tree := newTree("llamad", "pi4")
	closed := reserved("llamad", "hubs")
	f.Fuzz(func(t *testing.T, listed, topic string) {
		p := Policy{ResponseTopics: []string{listed}}
		if p.check(closed) != nil || topic == "" || p.checkResponseTopic(topic, closed) != nil {
			return
		}
		if strings.ContainsAny(topic, "+#\x00") || topic[0] == '$' || len(topic) > maxTopic || !utf8.ValidString(topic) {
			t.Errorf("%q may be published to", topic)
		}
		if !within(topic, strings.TrimSuffix(listed, "/")) || reservedFor(topic, closed) != "" {
			t.Errorf("%q may be published to, being allowed %q", topic, listed)
		}
		if kind, _ := tree.classify(topic); kind != "" {
			t.Errorf("an answer on %q would be taken for a %s", topic, kind)
		}
	})
}
