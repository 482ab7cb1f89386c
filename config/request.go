package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Request holds the fields of a prompt that may have a default. The names are
// those of the JSON request.
type Request struct {
	System        string
	MaxTokens     int // 0 fills the context
	Temperature   float64
	TopK          int
	TopP          float64
	MinP          float64
	RepeatPenalty float64
	Seed          *uint64 // nil is random
	Stop          []string
	Stream        string // "false", "true" or "sentence"
	Reply         string // "json" or "text"
	Plain         bool
	DeadlineS     int // seconds
}

// Client is what [client.NAME] sets for prompts on the topic prompt/NAME. What
// it leaves open is taken from Generate.
type Client struct {
	Request
	Raw           bool
	OneOf         []string
	Conversation  string
	ResponseTopic string // "" is response/NAME
	Last          bool   // its answers show on the topic last
}

var requestRows = []row[Request]{
	text("system", "", "system message put before a prompt that has none",
		func(r *Request) *string { return &r.System }).live(),
	whole("max_tokens", 256, "tokens", "longest answer; 0 is as long as the context allows", 0, 1<<20,
		func(r *Request) *int { return &r.MaxTokens }).live(),
	number("temperature", 0.3, "0 always takes the likeliest token, more is more varied", 0, 100,
		func(r *Request) *float64 { return &r.Temperature }).live(),
	whole("top_k", 40, "tokens", "only the k likeliest tokens are drawn from; 0 is off", 0, 1<<20,
		func(r *Request) *int { return &r.TopK }).live(),
	number("top_p", 0.95, "only the likeliest tokens that make up this probability; 1 is off", 0, 1,
		func(r *Request) *float64 { return &r.TopP }).live(),
	number("min_p", 0.05, "only tokens at least this likely, relative to the likeliest; 0 is off", 0, 1,
		func(r *Request) *float64 { return &r.MinP }).live(),
	number("repeat_penalty", 1.1, "above 1 makes what was just said less likely; 1 is off", 0.01, 100,
		func(r *Request) *float64 { return &r.RepeatPenalty }).live(),
	field(Key{Name: "seed", Text: "repeats the same text for the same prompt; -1 is random", Expected: "a whole number, or -1 for a random one"},
		int64(-1), func(r *Request) **uint64 { return &r.Seed }, seedOf).live(),
	list("stop", "texts that end the answer", `a list of at most 16 texts such as ["\n\n"]`, 1, 16, isShort,
		func(r *Request) *[]string { return &r.Stop }).live(),
	field(Key{Name: "stream", Text: "publish the answer as it is written: false, true, or a message a finished sentence",
		Expected: `false, true or "sentence"`, Words: []string{"false", "true", "sentence"}},
		false, func(r *Request) *string { return &r.Stream }, streamOf).live(),
	choice("reply", "json", "form of an answer: the whole object, or the bare text", []string{"json", "text"},
		func(r *Request) *string { return &r.Reply }).live(),
	toggle("plain", false, "strip markdown and emoji from answers",
		func(r *Request) *bool { return &r.Plain }).live(),
	whole("deadline_s", 120, "seconds", "a prompt is answered with what there is by then", 1, 86400,
		func(r *Request) *int { return &r.DeadlineS }).live(),
}

var clientRows = slices.Concat(
	lift(func(c *Client) *Request { return &c.Request }, requestRows),
	[]row[Client]{
		toggle("raw", false, "the prompt is the complete text, without the chat template; needs mqtt.raw",
			func(c *Client) *bool { return &c.Raw }).live(),
		list("one_of", "answer with the likeliest of these texts", `a list of 2 to 64 texts such as ["yes", "no"]`, 2, 64, isShort,
			func(c *Client) *[]string { return &c.OneOf }).live(),
		textThat("conversation", "", "name of the conversation that its prompts continue",
			"1 to 64 of the characters A-Z a-z 0-9 . _ : -", isID,
			func(c *Client) *string { return &c.Conversation }).live(),
		textThat("response_topic", "", "where answers go; empty is response/NAME",
			"a topic under one of mqtt.response_topics, without + # or $", isTopic,
			func(c *Client) *string { return &c.ResponseTopic }).live(),
		toggle("last", false, "show its answers on the topic last",
			func(c *Client) *bool { return &c.Last }).live(),
	},
)

func seedOf(v any) (*uint64, bool) {
	switch v := v.(type) {
	case int64:
		if v == -1 {
			return nil, true
		}
		seed := uint64(v)
		return &seed, v >= 0
	case string: // beyond what TOML's integers hold; a random seed may be
		seed, err := strconv.ParseUint(v, 10, 64)
		return &seed, err == nil
	}
	return nil, false
}

func streamOf(v any) (string, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	case string: // the environment has only text
		return v, v == "true" || v == "false" || v == "sentence"
	}
	return "", false
}

// isShort bounds what is compared with every token.
func isShort(s string) bool { return len(s) <= 1024 }

// isID says whether s may be an id or a name that travels in one.
func isID(s string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"
	return s != "" && len(s) <= 64 && strings.Trim(s, letters) == ""
}

// isTopic says whether s may be published to: a topic name of MQTT 3.1.1
// section 4.7 that is neither the broker's own nor a way to configure a hub.
// Empty levels are legal there and refused here, since they are mistakes.
func isTopic(s string) bool {
	if s == "" || len(s) > 256 || s[0] == '$' || strings.ContainsAny(s, "+#\x00") || !isPrintable(s) {
		return false
	}
	return !strings.HasPrefix(s+"/", "homeassistant/") && !slices.Contains(strings.Split(strings.TrimSuffix(s, "/"), "/"), "")
}

// isLevel says whether s may be one level of a topic.
func isLevel(s string) bool {
	return s != "" && len(s) <= 64 && s[0] != '$' && !strings.ContainsAny(s, "/+#\x00") && isPrintable(s)
}

// RequestKeys are the fields of a request that have a default: the rows of
// [generate].
func RequestKeys() []Key { return keysOf(requestRows) }

// Set gives a field, by the name it has in a request, the value that text
// stands for, as a variable of the environment would. The error says what was
// expected.
func (r *Request) Set(name, text string) error {
	row := requestRow(name)
	v := fromText(row.fallback, text)
	if !row.set(r, v) {
		return fmt.Errorf("is %s, expected %s", shown(v), row.Expected)
	}
	return nil
}

// Get is a field by the name it has in a request, of the type it has in r.
func (r *Request) Get(name string) any { return requestRow(name).get(r) }

func requestRow(name string) *row[Request] {
	i := slices.IndexFunc(requestRows, func(r row[Request]) bool { return r.Name == name })
	if i < 0 {
		panic("config: internal error: no field " + name)
	}
	return &requestRows[i]
}
