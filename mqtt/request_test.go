package mqtt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

var received = time.Unix(1760000000, 0)

func testPolicy() *Policy {
	defaults := Fields{
		MaxTokens: 256, Temperature: 0.3, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1.1,
		Stream: StreamNothing, Reply: FormJSON, Deadline: 120 * time.Second,
	}
	display := defaults
	display.Reply, display.MaxTokens, display.ResponseTopic, display.Last = FormText, 40, "home/display/text", true
	return &Policy{
		Defaults:       defaults,
		Clients:        map[string]Fields{"display": display},
		ResponseTopics: []string{"home/kitchen", "home/display/"},
		Raw:            true,
	}
}

var testReserved = reserved("llamad", "homeassistant")

func read(p *Policy, client, payload string) (*Request, *Error) {
	r := &Request{Client: client, Fields: p.defaults(client), Received: received}
	return r, p.read(r, []byte(payload), testReserved)
}

func TestRequests(t *testing.T) {
	seed := uint64(1<<64 - 1)
	for _, test := range []struct {
		name    string
		payload string
		want    func(r *Request)
	}{
		{"plain text", "What is the weather?\n", func(r *Request) { r.Prompt = "What is the weather?" }},
		{"text with a brace later", "say {x}", func(r *Request) { r.Prompt = "say {x}" }},
		{"text that is a list", `["a"]`, func(r *Request) { r.Prompt = `["a"]` }},
		{"byte order mark", "\uFEFFhello", func(r *Request) { r.Prompt = "hello" }},
		{"JSON", `{"prompt":"hi"}`, func(r *Request) { r.Prompt = "hi" }},
		{"JSON behind white space", " \r\n{\"prompt\":\"hi\"}\n", func(r *Request) { r.Prompt = "hi" }},
		{"null is absent", `{"prompt":"hi","id":null,"max_tokens":null,"messages":null}`, func(r *Request) { r.Prompt = "hi" }},
		{"every field", `{"id":"kitchen-17","prompt":"p","system":"s","raw":true,"max_tokens":7,"temperature":1.5,"top_k":0,"top_p":1,"min_p":0,
			"repeat_penalty":1,"seed":18446744073709551615,"stop":["\n\n","x"],"one_of":["a","b"],"stream":"sentence","reply":"text","plain":true,
			"response_topic":"home/kitchen/tts","deadline_s":2.5,"conversation":"livingroom","reset":true}`, func(r *Request) {
			r.ID, r.Prompt = "kitchen-17", "p"
			r.Fields = Fields{System: "s", Raw: true, MaxTokens: 7, Temperature: 1.5, TopP: 1, RepeatPenalty: 1, Seed: &seed,
				Stop: []string{"\n\n", "x"}, OneOf: []string{"a", "b"}, Stream: StreamSentences, Reply: FormText, Plain: true,
				ResponseTopic: "home/kitchen/tts", Deadline: 2500 * time.Millisecond, Conversation: "livingroom"}
			r.Reset = true
			r.Deadline = received.Add(2500 * time.Millisecond)
		}},
		{"messages", `{"messages":[{"role":"system","content":"s"},{"role":"user","content":""},{"content":"a","role":"assistant"}]}`, func(r *Request) {
			r.Messages = []Turn{{"system", "s"}, {"user", ""}, {"assistant", "a"}}
		}},
		{"one stop string", `{"prompt":"p","stop":"x"}`, func(r *Request) { r.Prompt, r.Stop = "p", []string{"x"} }},
		{"a whole number as a float", `{"prompt":"p","max_tokens":2.56e2}`, func(r *Request) { r.Prompt = "p" }},
		{"random seed", `{"prompt":"p","seed":-1}`, func(r *Request) { r.Prompt = "p" }},
		{"stream true", `{"prompt":"p","stream":true}`, func(r *Request) { r.Prompt, r.Stream = "p", StreamPieces }},
		{"unknown keys", `{"prompt":"p","promt":"q","a\u001bb":1}`, func(r *Request) {
			r.Prompt, r.Warnings = "p", []string{"unknown key promt", "unknown key ab"}
		}},
		{"deadline since ts", `{"prompt":"p","deadline_s":60,"ts":1759999970.5}`, func(r *Request) {
			r.Prompt, r.Fields.Deadline, r.Deadline = "p", 60*time.Second, received.Add(30500*time.Millisecond)
		}},
		{"ts ahead of our clock", `{"prompt":"p","ts":1760001000}`, func(r *Request) {
			r.Prompt, r.Warnings = "p", []string{"ts lies in the future: the clocks differ"}
		}},
		{"ts of another century", `{"prompt":"p","ts":99999999999}`, func(r *Request) {
			r.Prompt, r.Warnings = "p", []string{"ts lies in the future: the clocks differ"}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := testPolicy()
			want := &Request{Fields: p.defaults(""), Received: received, Deadline: received.Add(120 * time.Second)}
			test.want(want)
			got, err := read(p, "", test.payload)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s\n got %+v\nwant %+v", test.payload, got, want)
			}
		})
	}
}

func TestBadRequests(t *testing.T) {
	nested := strings.Repeat("[", 20000)
	for _, test := range []struct{ payload, want string }{
		{"", "the prompt is empty"},
		{" \n", "the prompt is empty"},
		{"\xff\xfe", "not UTF-8"},
		{`{"prompt":"caf` + "\xe9" + `"}`, "not UTF-8"},
		{"{", "it breaks off at byte 1"},
		{`{"prompt":"p"`, "it breaks off"},
		{`{"prompt":"p"} x`, "more behind the JSON object"},
		{`{"prompt":"p"}{}`, "more behind the JSON object"},
		{`{prompt:"p"}`, "not JSON"},
		{`{"prompt":"p",}`, "not JSON"},
		{`{"prompt":"p","prompt":"q"}`, "a key is there twice, the second time before byte 26"},
		{`{"prompt":` + nested, "not JSON"},
		{`{}`, "the prompt is empty"},
		{`{"prompt":"p","messages":[{"role":"user","content":"x"}]}`, "expected one of them"},
		{`{"prompt":7}`, "prompt: expected a text, found a number"},
		{`{"prompt":{"a":1}}`, "prompt: expected a text, found an object"},
		{`{"messages":[]}`, "messages: expected a list of 1 to 256 entries, found 0"},
		{`{"messages":"hi"}`, "messages: expected a list of 1 to 256 entries, found a text"},
		{`{"messages":["hi"]}`, "messages: entry 0: expected an object with role and content, found a text"},
		{`{"messages":[{"role":"robot","content":"x"}]}`, `entry 0: role: expected "system", "user" or "assistant"`},
		{`{"messages":[{"content":"x"}]}`, "role: missing"},
		{`{"messages":[{"role":"user","content":[{"type":"text"}]}]}`, "content: expected a text, found a list"},
		{`{"prompt":"p","id":17}`, "id: expected a text, found a number"},
		{`{"prompt":"p","id":""}`, "id: expected 1 to 64"},
		{`{"prompt":"p","id":"a b"}`, "id: expected 1 to 64"},
		{`{"prompt":"p","id":"` + strings.Repeat("x", 65) + `"}`, "id: expected 1 to 64"},
		{`{"prompt":"p","max_tokens":-1}`, "max_tokens: expected a whole number from 0 to 1048576, found -1"},
		{`{"prompt":"p","max_tokens":2147483648}`, "max_tokens: expected a whole number"},
		{`{"prompt":"p","max_tokens":1.5}`, "max_tokens: expected a whole number"},
		{`{"prompt":"p","max_tokens":"secret"}`, "max_tokens: expected a whole number from 0 to 1048576, found a text"},
		{`{"prompt":"p","temperature":NaN}`, "not JSON"},
		{`{"prompt":"p","temperature":1e999}`, "temperature: expected a number from 0 to 100, found 1e999"},
		{`{"prompt":"p","temperature":-0.1}`, "temperature: expected"},
		{`{"prompt":"p","top_k":1e99}`, "top_k: expected"},
		{`{"prompt":"p","top_p":1.01}`, "top_p: expected a number from 0 to 1"},
		{`{"prompt":"p","repeat_penalty":0}`, "repeat_penalty: expected"},
		{`{"prompt":"p","seed":18446744073709551616}`, "seed: expected"},
		{`{"prompt":"p","seed":1.5}`, "seed: expected"},
		{`{"prompt":"p","stop":[""]}`, "stop: entry 0 has 0 bytes"},
		{`{"prompt":"p","stop":[1]}`, "stop: entry 0: expected a text, found a number"},
		{`{"prompt":"p","stop":[` + strings.Repeat(`"x",`, 100000) + `"x"]}`, "stop: expected a list of 0 to 16 entries, found more"},
		{`{"prompt":"p","one_of":["a"]}`, "one_of: expected a list of 2 to 64 entries, found 1"},
		{`{"prompt":"p","one_of":["a","b\u001b[2J"]}`, "one_of: entry 1 has control characters"},
		{`{"prompt":"p","one_of":["a\u202eb","c"]}`, "one_of: entry 0 has control characters"},
		{`{"prompt":"p","stream":"yes"}`, "stream: expected"},
		{`{"prompt":"p","reply":"xml"}`, `reply: expected "json" or "text"`},
		{`{"prompt":"p","deadline_s":0}`, "deadline_s: expected"},
		{`{"prompt":"p","deadline_s":100000}`, "deadline_s: expected"},
		{`{"prompt":"p","ts":1760000000000}`, "ts: expected seconds"},
		{`{"prompt":"p","ts":"now"}`, "ts: expected a number"},
		{`{"prompt":"p","raw":"yes"}`, "raw: expected true or false, found a text"},
		{`{"messages":[{"role":"user","content":"x"}],"raw":true}`, "raw: goes with prompt"},
		{`{"prompt":"p","reset":true}`, "reset: goes with conversation"},
		{`{"prompt":"p","conversation":"living room"}`, "conversation: expected 1 to 64"},
		{`{"prompt":"p","response_topic":"home/bath"}`, "response_topic: is not under one of mqtt.response_topics (home/kitchen, home/display/)"},
		{`{"prompt":"p","response_topic":"home/kitchen2"}`, "response_topic: is not under"},
		{`{"prompt":"p","response_topic":"home/kitchen/+"}`, "response_topic: has a wildcard"},
		{`{"prompt":"p","response_topic":"home/kitchen/#"}`, "response_topic: has a wildcard"},
		{`{"prompt":"p","response_topic":"$SYS/x"}`, "response_topic: begins with $"},
		{`{"prompt":"p","response_topic":"home/kitchen/\u0000"}`, "response_topic: has characters"},
		{`{"prompt":"p","response_topic":"home/kitchen/\ufeff"}`, "response_topic: has characters"},
		{`{"prompt":"p","response_topic":"home/kitchen//x"}`, "response_topic: has an empty level"},
		{`{"prompt":"p","response_topic":"/home/kitchen"}`, "response_topic: has an empty level"},
		{`{"prompt":"p","response_topic":"` + "home/kitchen/" + strings.Repeat("x", 300) + `"}`, "response_topic: has 313 bytes"},
		{`{"prompt":"p","response_topic":"homeassistant/light/x/config"}`, "response_topic: lies in homeassistant/..."},
		{`{"prompt":"p","response_topic":"llamad/pi4/prompt"}`, "response_topic: lies in llamad/..."},
		{`{"prompt":"p","response_topic":"llamad/other/prompt/x"}`, "response_topic: lies in llamad/..."},
		{manyKeys(300), "more than 256 keys"},
	} {
		_, err := read(testPolicy(), "", test.payload)
		switch {
		case err == nil:
			t.Errorf("%.80q: no error, want one with %q", test.payload, test.want)
		case err.Code != BadRequest || !strings.Contains(err.Message, test.want):
			t.Errorf("%.80q: %v, want bad_request with %q", test.payload, err, test.want)
		case strings.Contains(err.Message, "secret"):
			t.Errorf("%.80q: the error repeats what was sent: %v", test.payload, err)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	b.WriteString(`{"prompt":"p"`)
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":0`, i)
	}
	return b.String() + "}"
}

// Whoever sent a bad request has to recognise the error.
func TestBadRequestKeepsItsID(t *testing.T) {
	r, err := read(testPolicy(), "", `{"max_tokens":"many","prompt":"p","id":"a.b:c_d-1"}`)
	if err == nil || r.ID != "a.b:c_d-1" {
		t.Errorf("id %q, error %v", r.ID, err)
	}
}

func TestRawNeedsPermission(t *testing.T) {
	p := testPolicy()
	p.Raw = false
	if _, err := read(p, "", `{"prompt":"p","raw":true}`); err == nil || !strings.Contains(err.Message, "mqtt.raw") {
		t.Errorf("raw without permission: %v", err)
	}
	if _, err := read(p, "", `{"prompt":"p","raw":false}`); err != nil {
		t.Errorf("raw false: %v", err)
	}
}

func TestResponseTopicsAreOffByDefault(t *testing.T) {
	p := &Policy{Defaults: testPolicy().Defaults}
	if _, err := read(p, "", `{"prompt":"p","response_topic":"home/kitchen"}`); err == nil || !strings.Contains(err.Message, "mqtt.response_topics is empty") {
		t.Errorf("response_topic without a list: %v", err)
	}
}

func TestLate(t *testing.T) {
	for payload, late := range map[string]bool{
		`{"prompt":"p","deadline_s":60,"ts":1759999940}`: true,
		`{"prompt":"p","deadline_s":60,"ts":1759999941}`: false,
		`{"prompt":"p","deadline_s":60}`:                 false,
	} {
		if r, err := read(testPolicy(), "", payload); err != nil || r.late() != late {
			t.Errorf("%s: late %v, %v", payload, r.late(), err)
		}
	}
}

func TestClientDefaults(t *testing.T) {
	r, err := read(testPolicy(), "display", "hello")
	if err != nil {
		t.Fatal(err)
	}
	if r.Reply != FormText || r.MaxTokens != 40 || r.ResponseTopic != "home/display/text" || !r.Last {
		t.Errorf("client defaults were not taken: %+v", r.Fields)
	}
	if r, _ = read(testPolicy(), "display", `{"prompt":"p","max_tokens":9}`); r.MaxTokens != 9 {
		t.Errorf("the request's own max_tokens is %d, want 9", r.MaxTokens)
	}
	if r, _ = read(testPolicy(), homeAssistant, "hello"); !r.Last {
		t.Error("Home Assistant's answers are not shown on last")
	}
	if r, _ = read(testPolicy(), "", "hello"); r.Last {
		t.Error("an answer to nobody in particular is shown on last")
	}
}

func TestPoliciesThatContradictThemselves(t *testing.T) {
	for _, test := range []struct {
		change func(*Policy)
		want   string
	}{
		{func(p *Policy) { p.ResponseTopics = []string{"home/#"} }, "has a wildcard"},
		{func(p *Policy) { p.ResponseTopics = []string{"llamad/pi4/x"} }, "lies in llamad/..."},
		{func(p *Policy) { p.ResponseTopics = []string{"homeassistant"} }, "lies in homeassistant/..."},
		{func(p *Policy) { p.ResponseTopics = nil }, "client.display.response_topic is not allowed"},
		{func(p *Policy) { p.Clients["a/b"] = p.Defaults }, "expected one level"},
	} {
		p := testPolicy()
		test.change(p)
		if err := p.check(testReserved); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want an error with %q", err, test.want)
		}
	}
	if err := testPolicy().check(testReserved); err != nil {
		t.Error(err)
	}
}

func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"hello", "{", `{"prompt":"p"}`, `{"id":"a","messages":[{"role":"user","content":"x"}]}`,
		`{"prompt":"p","response_topic":"home/kitchen/x","ts":1e9,"deadline_s":1e3}`,
		`{"prompt":"p","stop":"x","seed":-1,"stream":"sentence"}`, "\xff", `{"prompt":"\ud800"}`,
		`{"prompt":"p","response_topic":"homeassistant/x"}`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	p := testPolicy()
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := &Request{Fields: p.defaults(""), Received: received}
		if err := p.read(r, payload, testReserved); err != nil {
			if err.Message == "" || err.Code == "" {
				t.Errorf("%q: an error that says nothing: %+v", payload, err)
			}
			return
		}
		if (r.Prompt == "") == (r.Messages == nil) {
			t.Errorf("%q: accepted without prompt or messages, or with both", payload)
		}
		if r.ID != "" && !isID(r.ID) {
			t.Errorf("%q: accepted the id %q", payload, r.ID)
		}
		if topic := r.ResponseTopic; topic != "" && !within(topic, "home/kitchen") && !within(topic, "home/display") {
			t.Errorf("%q: would answer on %q", payload, topic)
		}
		if strings.ContainsAny(r.ResponseTopic, "+#\x00$") {
			t.Errorf("%q: would answer on %q", payload, r.ResponseTopic)
		}
		if r.MaxTokens < 0 || r.Temperature < 0 || r.Temperature > 100 || r.TopP > 1 {
			t.Errorf("%q: accepted %+v", payload, r.Fields)
		}
	})
}

func FuzzCancel(f *testing.F) {
	for _, seed := range []string{"", "*", "PRESS", "kitchen-17", `{"id":"kitchen-17"}`, `{"id":"*"}`, `{"id":7}`, "{", "a b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		id, err := cancelled(payload)
		if err == nil && id != "" && !isID(id) {
			t.Errorf("%q cancels %q", payload, id)
		}
	})
}

func TestCancelled(t *testing.T) {
	for _, test := range []struct {
		payload, id string
		bad         bool
	}{
		{"", "", false},
		{"*", "", false},
		{"PRESS", "", false},
		{" kitchen-17\n", "kitchen-17", false},
		{`{"id":"kitchen-17"}`, "kitchen-17", false},
		{`{"id":"*"}`, "", false},
		{`{}`, "", true}, // not all: somebody forgot the id
		{`{"id":""}`, "", true},
		{`{"id":`, "", true},
		{"two words", "", true},
	} {
		id, err := cancelled([]byte(test.payload))
		if id != test.id && !test.bad || (err != nil) != test.bad {
			t.Errorf("cancelled(%q) = %q, %v", test.payload, id, err)
		}
	}
}

// The published forms are a contract, down to the key.
func TestAnswerJSON(t *testing.T) {
	r := Result{
		Model: "tinyllama", Text: "Hi\x07 <there>.", FinishReason: FinishStop,
		PromptTokens: 12, CompletionTokens: 34, CachedTokens: 2,
		Queued: 3 * time.Millisecond, Prefill: 410 * time.Millisecond, Decode: 4100 * time.Millisecond,
	}
	prompt := NewAnswer("kitchen-17", false, received, r)
	prompt.Node = "pi4"
	r.Warnings = []string{"unknown key promt"}
	chat := NewAnswer("kitchen-17", true, received, r)
	for _, test := range []struct {
		name, want string
		v          any
	}{
		{"prompt", `{"id":"kitchen-17","status":"ok","text":"Hi <there>.","object":"text_completion","created":1760000000,"model":"tinyllama",` +
			`"choices":[{"text":"Hi <there>.","index":0,"logprobs":null,"finish_reason":"stop"}],` +
			`"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46},` +
			`"timings":{"queue_ms":3,"prompt_ms":410,"predicted_ms":4100,"prompt_per_second":24.39,"predicted_per_second":8.29,"cached_tokens":2},"node":"pi4"}`, prompt},
		{"messages", `{"id":"kitchen-17","status":"ok","text":"Hi <there>.","object":"chat.completion","created":1760000000,"model":"tinyllama",` +
			`"choices":[{"index":0,"message":{"role":"assistant","content":"Hi <there>."},"logprobs":null,"finish_reason":"stop"}],` +
			`"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46},` +
			`"timings":{"queue_ms":3,"prompt_ms":410,"predicted_ms":4100,"prompt_per_second":24.39,"predicted_per_second":8.29,"cached_tokens":2},` +
			`"warnings":["unknown key promt"]}`, chat},
		{"error", `{"id":"kitchen-17","status":"error","error":{"code":"queue_full","message":"queue is full (8 waiting)","retry_after_s":40},"node":"pi4"}`,
			failure{ID: "kitchen-17", Status: "error", Error: RetryAfter("queue is full (8 waiting)", 40*time.Second), Node: "pi4"}},
	} {
		if got := string(encode(test.v)); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
	again := replayed(encode(prompt))
	var object map[string]any
	if err := json.Unmarshal(again, &object); err != nil || object["replayed"] != true || object["text"] != "Hi <there>." {
		t.Errorf("replayed: %s, %v", again, err)
	}
}

func TestClean(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"plain\n\ttext", "plain\n\ttext"},
		{"a\x1b]52;c;aGk=\x07b", "a]52;c;aGk=b"},
		{"a\r\nb\x00c\x7fd\u0085e", "a\nbcde"},
		{"a\u202Eb\u2066c\u2069", "abc"},
		{"bad \xff byte", "bad \uFFFD byte"},
		{"Grüße 👍🏽 \u200Dja", "Grüße 👍🏽 \u200Dja"},
	} {
		if got := Clean(test.text); got != test.want {
			t.Errorf("Clean(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestShort(t *testing.T) {
	long := strings.Repeat("rain and wind ", 40)
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{" two\n\nlines ", "two lines"},
		{strings.Repeat("é", 250), strings.Repeat("é", 250)},
		{strings.Repeat("é", 251), strings.Repeat("é", 249) + "…"},
		{long, strings.TrimSpace(long[:246]) + "…"},
	} {
		got := short(test.text)
		if got != test.want {
			t.Errorf("short(%.30q…) = %q, want %q", test.text, got, test.want)
		}
		if n := len([]rune(got)); n > maxShort {
			t.Errorf("short(%.30q…) has %d characters", test.text, n)
		}
	}
}
