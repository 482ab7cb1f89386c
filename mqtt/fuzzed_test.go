package mqtt

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// requests makes TestSlowFuzzedRequests longer: the figure of a release is that of
// -requests 1000000.
var requests = flag.Int("requests", 0, "how many requests TestSlowFuzzedRequests makes up; 0 is a few")

// Whatever is asked, under whatever client's name, is answered below our own
// topics or where the configuration lets answers go, and nowhere else.
func TestSlowFuzzedRequests(t *testing.T) {
	t.Parallel()
	n := *requests
	switch {
	case n > 0:
	case os.Getenv("LLAMAD_TEST_SLOW") != "":
		n = 200_000
	default:
		n = 10_000
	}
	var s *Service
	s, err := New(Options{
		Broker: Broker{URL: "mqtt://127.0.0.1"}, ClientID: "c", Instance: "4711", Prefix: "llamad", Node: "pi4", DiscoveryPrefix: "homeassistant",
		Policy: *testPolicy(), Cancel: func(func(*Request) bool) {}, Log: slog.New(slog.DiscardHandler),
		Prompt: func(m *Message) {
			r, err := s.Receive(m)
			if err != nil {
				s.Fail(r, err.(*Error))
			} else if r != nil {
				s.Status(r, Generating, 0, 100)
				s.Stream(r, "a piece. And")
				s.Reply(r, reply("a piece. And \x1b[31manother"))
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.outbox.setOnline(true)
	r := rand.New(rand.NewPCG(uint64(n), 1))
	place, tree := *s.tree.Load(), string(*s.tree.Load())
	asked, published, elsewhere := 0, 0, 0
	for i := 0; asked < n; i++ {
		topic := tree + "/prompt"
		if i%3 > 0 {
			topic += "/" + inventTopic(r)
		}
		kind, client := place.classify(topic)
		if kind != topicPrompt {
			continue // the broker does not even hand it over
		}
		asked++
		m := &Message{Topic: topic, Client: client, Payload: []byte(inventPayload(r)), QoS: byte(i & 1), Received: received, tree: place}
		s.o.Prompt(m)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		for waiting(s.outbox) > 0 {
			x, err := s.outbox.take(ctx)
			if err != nil {
				t.Fatal(err)
			}
			published++
			ours := within(x.topic, tree) && checkTopic(x.topic) == nil
			if !ours && !within(x.topic, "home/kitchen") && !within(x.topic, "home/display") {
				elsewhere++
				t.Errorf("%q on %q: published to %q", m.Payload, m.Topic, x.topic)
			}
			if strings.ContainsRune(string(x.payload), '\x1b') {
				t.Errorf("%q: a control character in %q", m.Payload, x.payload)
			}
			s.outbox.done(x)
		}
		cancel()
	}
	t.Logf("%d requests, %d publishes, %d elsewhere", asked, published, elsewhere)
	if published < asked/2 { // the rest are taken for answers of our own
		t.Errorf("%d publishes for %d requests", published, asked)
	}
}

func waiting(o *outbox) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.items)
}

// inventTopic is a topic, a level of one, or what somebody hopes to pass for it.
func inventTopic(r *rand.Rand) string {
	parts := []string{"home", "kitchen", "tts", "display", "text", "/", "/", "..", "+", "#", "$SYS", "homeassistant", "llamad", "pi4", "prompt", "response", "\x00", "\uFEFF", "é", " ", strings.Repeat("x", 90), "\x1b", "%2f", ""}
	var b strings.Builder
	for range 1 + r.IntN(6) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// inventPayload is an object with some of the fields that a request may have, of
// which some hold what they should, and now and then with a byte wrong.
func inventPayload(r *rand.Rand) string {
	values := []func() string{
		func() string { return fmt.Sprintf("%q", inventTopic(r)) },
		func() string { return `"home/kitchen/tts"` }, func() string { return `"text"` }, func() string { return `"sentence"` },
		func() string { return "true" }, func() string { return "null" }, func() string { return "-1" }, func() string { return "1e400" },
		func() string { return fmt.Sprint(r.IntN(1000)) }, func() string { return fmt.Sprint(r.Float64()) },
		func() string { return `[{"role":"user","content":"hi"}]` }, func() string { return `["a","b"]` }, func() string { return "{}" },
	}
	keys := []string{"prompt", "messages", "response_topic", "response_topic", "reply", "stream", "plain", "id", "deadline_s", "ts", "max_tokens",
		"temperature", "stop", "one_of", "conversation", "reset", "raw", "system", "unknown", "status", "node", "client", "topic"}
	pairs := []string{`"prompt":"p"`}
	for range r.IntN(5) {
		pairs = append(pairs, fmt.Sprintf("%q:%s", keys[r.IntN(len(keys))], values[r.IntN(len(values))]()))
	}
	text := []byte("{" + strings.Join(pairs, ",") + "}")
	if r.IntN(8) == 0 {
		text[r.IntN(len(text))] = byte(r.IntN(256))
	}
	return string(text)
}
