package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

const patience = 15 * time.Second // for anything that takes milliseconds on a quiet machine

// house is a Service on a real mosquitto with somebody who listens to
// everything.
type house struct {
	t       *testing.T
	broker  *mosquittotest.Broker
	proxy   *mosquittotest.Proxy // between the two
	url     string
	pauses  pauses // zero keeps the service's own
	s       *Service
	log     *mosquittotest.Log
	prompts chan *Request // what Receive lets through
	cancels chan func(*Request) bool
	ear     *mosquittotest.Client
	stop    func()
}

func newHouse(t *testing.T, change func(*Options), lines ...string) *house {
	t.Helper()
	t.Parallel() // most of the time is waiting
	b := mosquittotest.Start(t, lines...)
	h := &house{t: t, broker: b, proxy: mosquittotest.NewProxy(t, b.Addr()), ear: mosquittotest.Listen(t, b.URL(), "#")}
	h.url = h.proxy.URL()
	h.start(change)
	return h
}

// start runs a Service, which is a new process as far as the broker can tell.
func (h *house) start(change func(*Options)) {
	h.t.Helper()
	h.log = &mosquittotest.Log{}
	h.prompts, h.cancels = make(chan *Request, 2000), make(chan func(*Request) bool, 16)
	o := Options{
		Broker: Broker{URL: h.url}, ClientID: "llamad-test", Instance: "4711", Prefix: "llamad", Node: "pi4",
		DiscoveryPrefix: "homeassistant", Policy: *testPolicy(), Cancel: func(is func(*Request) bool) { h.cancels <- is },
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	o.Prompt = func(m *Message) {
		r, err := h.s.Receive(m)
		var e *Error
		switch {
		case errors.As(err, &e):
			h.s.Fail(r, e)
		case r != nil:
			h.prompts <- r
		}
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.pauses != (pauses{}) {
		s.pauses = h.pauses
	}
	h.s = s
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	h.stop = func() { cancel(); <-done }
	h.t.Cleanup(func() {
		h.stop()
		if h.t.Failed() {
			h.t.Logf("the service said:\n%s", h.log)
		}
	})
}

func (h *house) online() {
	h.t.Helper()
	h.eventually("the service is online", h.s.Connected)
}

func (h *house) eventually(what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("waited %v in vain: %s", patience, what)
		}
	}
}

// next is the next prompt that would be answered.
func (h *house) next() *Request {
	h.t.Helper()
	select {
	case r := <-h.prompts:
		return r
	case <-time.After(patience):
		h.t.Fatal("no prompt arrived")
		return nil
	}
}

func (h *house) noPrompt(d time.Duration) {
	h.t.Helper()
	select {
	case r := <-h.prompts:
		h.t.Errorf("the prompt %s %q arrived, want none", r.ID, r.Prompt)
	case <-time.After(d):
	}
}

func (h *house) publish(topic string, qos byte, retained bool, payload string) {
	h.t.Helper()
	h.ear.Publish(topic, qos, retained, payload)
}

// members is a message that is a JSON object.
func members(t *testing.T, m mosquittotest.Message) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(m.Payload), &object); err != nil {
		t.Fatalf("%s: %q is not JSON: %v", m.Topic, m.Payload, err)
	}
	return object
}

func reply(text string) Result {
	return Result{Model: "test", Text: text, FinishReason: FinishStop, PromptTokens: 1, CompletionTokens: 1}
}

func TestRoundTrips(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	for _, test := range []struct {
		name, topic, payload string
		answer               string // topic
		want                 string // bare text, or a part of the JSON
	}{
		{"plain text", "llamad/pi4/prompt", "hello", "llamad/pi4/response", `"text":"echo hello"`},
		{"JSON", "llamad/pi4/prompt", `{"id":"a","prompt":"hello"}`, "llamad/pi4/response", `{"id":"a","status":"ok","text":"echo hello"`},
		{"a client's own topic", "llamad/pi4/prompt/kitchen", "hello", "llamad/pi4/response/kitchen", `"text":"echo hello"`},
		{"bare text", "llamad/pi4/prompt/kitchen", `{"prompt":"hello","reply":"text"}`, "llamad/pi4/response/kitchen", "echo hello"},
		{"a response topic", "llamad/pi4/prompt", `{"prompt":"hello","response_topic":"home/kitchen/tts"}`, "home/kitchen/tts", `"text":"echo hello"`},
		{"a client's defaults", "llamad/pi4/prompt/display", "hello", "home/display/text", "echo hello"},
		{"an error", "llamad/pi4/prompt/display", `{"prompt":""}`, "llamad/pi4/response/display", `"code":"bad_request"`},
		{"a bad response topic", "llamad/pi4/prompt", `{"id":"b","prompt":"p","response_topic":"home/bath"}`, "llamad/pi4/response", `{"id":"b","status":"error","error":{"code":"bad_request"`},
	} {
		h.publish(test.topic, 1, false, test.payload)
		if test.want == "echo hello" || strings.Contains(test.want, "text") {
			r := h.next()
			h.s.Reply(r, reply("echo "+r.Prompt))
		}
		got := h.ear.Next(test.answer)
		bare := test.want == "echo hello"
		if bare && got.Payload != test.want || !strings.Contains(got.Payload, test.want) || got.Retained {
			t.Errorf("%s: %+v, want %s", test.name, got, test.want)
		}
	}
}

func TestRetainedTopics(t *testing.T) {
	h := newHouse(t, nil)
	h.s.SetInfo(Info{Version: "1", Status: "ready", Model: &Model{Name: "m"}})
	h.online()
	h.s.SetHealth(Health{Busy: true})
	for range 2 { // and again after a restart of a broker that forgets
		mosquittotest.Listen(t, h.broker.URL(), "llamad/#").Next("llamad/pi4/health") // the last to be published
		late := mosquittotest.Listen(t, h.broker.URL(), "llamad/#")
		if m := late.Next("llamad/pi4/state"); m.Payload != "online" || !m.Retained {
			t.Errorf("state: %+v", m)
		}
		if m := late.Next("llamad/pi4/info"); members(t, m)["instance"] != "4711" || members(t, m)["node"] != "pi4" || !m.Retained {
			t.Errorf("info: %+v", m)
		}
		if m := late.Next("llamad/pi4/health"); members(t, m)["busy"] != true || !m.Retained {
			t.Errorf("health: %+v", m)
		}
		h.broker.Stop(syscall.SIGKILL)
		os.Remove(filepath.Join(h.broker.Dir(), "mosquitto.db"))
		h.eventually("the service sees that the broker is gone", func() bool { return !h.s.Connected() })
		h.broker.Restart()
		h.online()
	}
	h.stop()
	late := mosquittotest.Listen(t, h.broker.URL(), "llamad/#")
	if m := late.Next("llamad/pi4/state"); m.Payload != "offline" {
		t.Errorf("after a clean stop the state is %+v", m)
	}
}

func TestLastWill(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.ear.Next("llamad/pi4/state") // online
	h.proxy.Cut()
	if m := h.ear.Next("llamad/pi4/state"); m.Payload != "offline" {
		t.Errorf("the state is %q after the connection broke", m.Payload)
	}
	if m := h.ear.Next("llamad/pi4/state"); m.Payload != "online" {
		t.Errorf("the state is %q after it came back", m.Payload)
	}
}

// A prompt is acknowledged only when it is answered: killed before that, we get
// it again.
func TestPromptSurvivesUs(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.publish("llamad/pi4/prompt", 1, false, `{"id":"x","prompt":"first"}`)
	h.publish("llamad/pi4/prompt", 1, false, "second")
	h.next()
	h.s.Reply(h.next(), reply("two"))
	h.ear.Next("llamad/pi4/response")
	h.stop() // the first was not answered

	h.publish("llamad/pi4/prompt", 1, false, "third") // while nobody is there
	h.start(nil)
	for _, want := range []string{"first", "third"} {
		r := h.next()
		if r.Prompt != want {
			t.Fatalf("%q came, want %q", r.Prompt, want)
		}
		h.s.Reply(r, reply(want))
		if m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != want {
			t.Errorf("answer %+v", m)
		}
	}
	h.stop()
	h.start(nil)
	h.online()
	h.noPrompt(300 * time.Millisecond)
}

// The connection breaks while a prompt is worked on: its copy is no new prompt,
// and the answer acknowledges it.
func TestRedeliveredWhileRunning(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.publish("llamad/pi4/prompt", 1, false, `{"id":"x","prompt":"p"}`)
	h.publish("llamad/pi4/prompt", 1, false, "without an id")
	first, second := h.next(), h.next()
	h.broker.Stop(syscall.SIGTERM)
	h.s.Reply(first, reply("while the broker is away"))
	h.s.Stream(second, "nobody hears this")
	h.broker.Restart()
	h.online()
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != "while the broker is away" {
		t.Errorf("answer %+v", m)
	}
	h.s.Reply(second, reply("after"))
	for m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != "after"; m = h.ear.Next("llamad/pi4/response") {
		if members(t, m)["replayed"] != true {
			t.Errorf("a second answer is not marked: %+v", m)
		}
	}
	h.noPrompt(200 * time.Millisecond)
	// Everything is acknowledged: a new process gets nothing.
	h.stop()
	h.start(nil)
	h.online()
	h.noPrompt(300 * time.Millisecond)
}

func TestRepeats(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	ask := func(payload string) { h.publish("llamad/pi4/prompt", 1, false, payload) }
	ask(`{"id":"x","prompt":"p"}`)
	r := h.next()
	ask(`{"id":"x","prompt":"q"}`)
	if m := h.ear.Next("llamad/pi4/response"); !strings.Contains(m.Payload, `"code":"id_conflict"`) {
		t.Errorf("another prompt with the id: %+v", m)
	}
	ask(`{"id":"x","prompt":"p"}`)
	h.noPrompt(100 * time.Millisecond)
	h.s.Reply(r, reply("one"))
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != "one" || members(t, m)["replayed"] != nil {
		t.Errorf("answer %+v", m)
	}
	ask(`{"id":"x","prompt":"p"}`)
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != "one" || members(t, m)["replayed"] != true {
		t.Errorf("the answer again: %+v", m)
	}
	// Also when its deadline has passed by then.
	timed := fmt.Sprintf(`{"id":"z","prompt":"p","deadline_s":1,"ts":%.3f}`, float64(time.Now().UnixMilli())/1000)
	ask(timed)
	h.s.Reply(h.next(), reply("in time"))
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != "in time" {
		t.Errorf("answer %+v", m)
	}
	time.Sleep(time.Second)
	ask(timed)
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["replayed"] != true {
		t.Errorf("a copy that comes late: %+v", m)
	}
	// A refusal is not remembered.
	ask(`{"id":"y","prompt":"p"}`)
	h.s.Fail(h.next(), RetryAfter("full", time.Second))
	if m := h.ear.Next("llamad/pi4/response"); !strings.Contains(m.Payload, `"retry_after_s":1`) {
		t.Errorf("refusal %+v", m)
	}
	ask(`{"id":"y","prompt":"p"}`)
	h.s.Reply(h.next(), reply("two"))
	if m := h.ear.Next("llamad/pi4/response"); members(t, m)["text"] != "two" {
		t.Errorf("answer %+v", m)
	}
}

// A reply for which there is no room costs its prompt the acknowledgement, so that
// the broker hands it over again.
func TestReplyWithoutRoom(t *testing.T) {
	s, err := New(Options{
		Broker: Broker{URL: "mqtt://127.0.0.1"}, ClientID: "c", Prefix: "llamad", Node: "pi4", Policy: *testPolicy(), Prompt: func(*Message) {}, Cancel: func(func(*Request) bool) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &conn{}
	c.alive, c.fail = context.WithCancelCause(t.Context())
	s.goOnline(&link{conn: c, s: s, backlog: newBacklog(0)})
	for range maxFinals {
		s.send(&outgoing{class: final})
	}
	acknowledged := false
	m := &Message{Topic: "llamad/pi4/prompt", Payload: []byte("p"), QoS: 1, Received: received, tree: *s.tree.Load(), kept: true, ack: func() { acknowledged = true }}
	r, err := s.Receive(m)
	if err != nil {
		t.Fatal(err)
	}
	s.Reply(r, reply("ok"))
	drain(s.outbox)
	if n := s.counters.read(); acknowledged || n.Dropped != 1 || len(s.ledger.open) != 0 || context.Cause(c.alive) != errNoRoom {
		t.Errorf("acknowledged %t, %+v, %d open, the connection %v", acknowledged, n, len(s.ledger.open), context.Cause(c.alive))
	}
	if r, err = s.Receive(m); r == nil || err != nil { // the broker's copy is a prompt
		t.Fatalf("%v, %v", r, err)
	}
	s.Reply(r, reply("ok"))
	if drain(s.outbox); !acknowledged {
		t.Error("not acknowledged with its reply")
	}
}

func TestRetainedPromptsAreDropped(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.stop()
	h.publish("llamad/pi4/prompt/kitchen", 1, true, "again and again")
	h.start(func(o *Options) { o.ClientID = "llamad-other" }) // a new session
	h.eventually("the log says what to do", func() bool {
		return strings.Contains(h.log.String(), "mosquitto_pub -r -n -t 'llamad/pi4/prompt/kitchen'")
	})
	h.noPrompt(100 * time.Millisecond)
	if strings.Contains(h.log.String(), "again and again") {
		t.Error("the prompt is in the log")
	}
}

// A topic is anybody's to choose, and the cure somebody's to run.
func TestRemoval(t *testing.T) {
	const advice = "publish an empty retained message on its topic"
	for topic, want := range map[string]string{
		"llamad/pi4/prompt/kitchen":                          "mosquitto_pub -r -n -t 'llamad/pi4/prompt/kitchen'",
		"llamad/pi4/prompt/Küche 2":                          "mosquitto_pub -r -n -t 'llamad/pi4/prompt/Küche 2'",
		"llamad/pi4/prompt/x'; reboot; '":                    advice,
		`llamad/pi4/prompt/x"`:                               advice,
		`llamad/pi4/prompt/x\`:                               advice,
		"llamad/pi4/prompt/x\n<4>WARN":                       advice,
		"llamad/pi4/prompt/" + strings.Repeat("x", maxTopic): advice,
	} {
		if got := removal(topic); got != want {
			t.Errorf("%.60q: %s", topic, got)
		}
	}
}

func TestStreamStatusEventLast(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.publish("llamad/pi4/prompt/homeassistant", 1, false, `{"id":"x","prompt":"p","stream":"sentence"}`)
	r := h.next()
	h.s.Status(r, Queued, 1, 0)
	h.s.Status(r, Prefill, 0, 50)
	h.s.Status(r, Generating, 0, 100)
	h.s.Stream(r, "One. Two")
	h.s.Stream(r, ". Three")
	h.s.Reply(r, reply("One. Two. Three"))
	for i, want := range []string{
		`{"id":"x","seq":0,"text":"One. ","done":false}`,
		`{"id":"x","seq":1,"text":"Two. ","done":false}`,
		`{"id":"x","seq":2,"text":"Three","done":true}`,
	} {
		if m := h.ear.Next("llamad/pi4/stream/homeassistant"); m.Payload != want {
			t.Errorf("part %d: %s", i, m.Payload)
		}
	}
	for _, want := range []string{
		`{"id":"x","state":"queued","position":1,"progress":0}`,
		`{"id":"x","state":"prefill","position":0,"progress":50}`,
		`{"id":"x","state":"generating","position":0,"progress":100}`,
		`{"id":"x","state":"done","position":0,"progress":100}`,
	} {
		if m := h.ear.Next("llamad/pi4/status/homeassistant"); m.Payload != want {
			t.Errorf("status %s, want %s", m.Payload, want)
		}
	}
	if m := h.ear.Next("llamad/pi4/event"); m.Payload != `{"event_type":"completed","id":"x","client":"homeassistant","short":"One. Two. Three","finish_reason":"stop"}` {
		t.Errorf("event %s", m.Payload)
	}
	if m := h.ear.Next("llamad/pi4/last"); members(t, m)["short"] != "One. Two. Three" || members(t, m)["text"] != "One. Two. Three" {
		t.Errorf("last %s", m.Payload)
	}
	// A display is not emptied by what was cancelled before its first word.
	h.publish("llamad/pi4/prompt/homeassistant", 1, false, "p")
	h.s.Reply(h.next(), Result{Model: "test", FinishReason: FinishCancelled})
	h.publish("llamad/pi4/prompt/homeassistant", 1, false, "p")
	h.s.Reply(h.next(), reply("Four."))
	if m := h.ear.Next("llamad/pi4/last"); members(t, m)["text"] != "Four." {
		t.Errorf("last %s", m.Payload)
	}
	for range 2 {
		h.ear.Next("llamad/pi4/event")
	}
	// What a client asks for itself shows nowhere else.
	h.publish("llamad/pi4/prompt/diary", 1, false, "p")
	h.s.Reply(h.next(), reply("private"))
	if m := h.ear.Next("llamad/pi4/event"); strings.Contains(m.Payload, "private") {
		t.Errorf("event %s", m.Payload)
	}
	for _, m := range h.ear.On("") {
		if strings.Contains(m.Payload, "private") && m.Topic != "llamad/pi4/response/diary" {
			t.Errorf("the answer is on %s", m.Topic)
		}
	}
}

// What is published with which QoS, and what stays.
func TestQoSAndRetained(t *testing.T) {
	h := newHouse(t, nil)
	h.s.SetInfo(Info{Status: "ready"})
	h.s.SetHealth(Health{})
	h.online()
	h.publish("llamad/pi4/prompt/homeassistant", 1, false, `{"prompt":"p","stream":true}`)
	r := h.next()
	h.s.Status(r, Generating, 0, 100)
	h.s.Stream(r, "text")
	h.s.Reply(r, reply("text"))
	late := func() *mosquittotest.Client { return mosquittotest.Listen(t, h.broker.URL(), "llamad/#") }
	for _, test := range []struct {
		topic    string
		qos      byte
		retained bool
	}{
		{"response/homeassistant", 1, false},
		{"stream/homeassistant", 0, false},
		{"status/homeassistant", 0, false},
		{"event", 1, false},
		{"state", 1, true},
		{"info", 1, true},
		{"health", 0, true},
		{"last", 0, true},
	} {
		if m := h.ear.Next("llamad/pi4/" + test.topic); m.QoS != test.qos {
			t.Errorf("%s has QoS %d, want %d", test.topic, m.QoS, test.qos)
		}
		if test.retained {
			late().Next("llamad/pi4/" + test.topic)
		}
	}
	all := late()
	all.Publish("llamad/end", 1, false, "")
	all.Next("llamad/end") // behind everything that is retained
	if n := len(all.On("")); n != 5 {
		t.Errorf("retained: %v", all.On(""))
	}
}

func TestCancelMessages(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	for payload, want := range map[string]string{"kitchen-17": "kitchen-17", "PRESS": "kitchen-17 a", `{"id":"a"}`: "a", "nobody": ""} {
		h.publish("llamad/pi4/cancel", 0, false, payload)
		is := <-h.cancels
		var got []string
		for _, id := range []string{"kitchen-17", "a"} {
			if is(&Request{ID: id}) {
				got = append(got, id)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s cancels %q, want %q", payload, got, want)
		}
	}
}

func TestOversizePrompt(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.stop()
	// Both wait in the session when we come, the big one first.
	h.publish("llamad/pi4/prompt/kitchen", 1, false, strings.Repeat("x", 3<<20))
	h.publish("llamad/pi4/prompt", 1, false, "ordinary")
	h.start(nil)
	if m := h.ear.Next("llamad/pi4/response/kitchen"); !strings.Contains(m.Payload, `"code":"too_large"`) || !strings.Contains(m.Payload, "expected at most 65536") {
		t.Errorf("answer %s", m.Payload)
	}
	h.s.Reply(h.next(), reply("ok"))
	h.ear.Next("llamad/pi4/response")
	if n := h.s.counters.read().Connections; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	h.stop()
	h.start(nil)
	h.online()
	h.noPrompt(200 * time.Millisecond)
	if n := len(h.ear.On("llamad/pi4/response/kitchen")); n != 1 {
		t.Errorf("%d answers, want 1: it was not acknowledged", n)
	}
}

func TestNameTaken(t *testing.T) {
	h := newHouse(t, nil)
	h.s.SetInfo(Info{Status: "ready"})
	h.online()
	h.ear.Next("llamad/pi4/info")
	first := h.s
	defer h.stop()
	h.start(func(o *Options) { o.ClientID, o.Instance = "llamad-second", "4712" })
	h.online()
	if node := h.s.Node(); !strings.HasPrefix(node, "pi4-") || len(node) != len("pi4-")+4 {
		t.Errorf("the second daemon is %q", node)
	}
	if first.Node() != "pi4" || !strings.Contains(h.log.String(), "set mqtt.node") {
		t.Errorf("the first is %q, the log %s", first.Node(), h.log)
	}
	h.publish(h.s.Base()+"/prompt", 1, false, "hello")
	h.s.Reply(h.next(), reply("from the second"))
	h.ear.Next(h.s.Base() + "/response")
}

func TestUnwelcome(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b := mosquittotest.Start(t)
	closed := mosquittotest.Start(t, "allow_anonymous false", "password_file "+file("passwords", ""))
	for _, test := range []struct{ name, url, want string }{
		{"nobody listens", "mqtt://127.0.0.1:1", "apt-get install mosquitto"},
		{"a name that does not exist", "mqtt://broker.invalid", "mqtt.broker"},
		{"a wrong password", closed.URL(), "mqtt.password"},
		{"TLS where there is none", "mqtts://" + b.Addr(), "does not speak TLS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &house{t: t, url: test.url}
			h.start(func(o *Options) { o.Broker.Username, o.Broker.Password = "llamad", "canary-password" })
			h.eventually("the log says "+test.want, func() bool { return strings.Contains(h.log.String(), test.want) })
			if strings.Contains(h.log.String(), "canary") {
				t.Errorf("a password is in the log: %s", h.log)
			}
		})
	}
}

// A thousand prompts a second, of which most are refused: each gets its one
// reply, and the connection stays.
func TestStorm(t *testing.T) {
	const seconds, each = 2, 1000
	h := newHouse(t, nil, "max_queued_messages 0", "max_inflight_messages 20")
	h.online()
	go func() {
		for r := range h.prompts {
			if strings.HasSuffix(r.ID, "7") {
				h.s.Reply(r, reply("ok"))
			} else {
				h.s.Fail(r, RetryAfter("full", time.Second))
			}
		}
	}()
	tick := time.NewTicker(time.Second / 100)
	defer tick.Stop()
	for i := range seconds * each {
		if i%(each/100) == 0 {
			<-tick.C
		}
		h.ear.Post("llamad/pi4/prompt/storm", byte(i&1), fmt.Sprintf(`{"id":"s%d","prompt":"p"}`, i))
	}
	h.eventually("every prompt has its reply", func() bool { return len(h.ear.On("llamad/pi4/response/storm")) >= seconds*each })
	seen := map[string]bool{}
	for _, m := range h.ear.On("llamad/pi4/response/storm") {
		id := members(t, m)["id"].(string)
		if seen[id] {
			t.Errorf("%s was answered twice", id)
		}
		seen[id] = true
	}
	if n := h.s.counters.read(); n.Connections != 1 || n.Dropped != 0 {
		t.Errorf("%+v", n)
	}
	close(h.prompts)
}
