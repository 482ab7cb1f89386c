package mqtt

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Turn is one message of a chat.
type Turn struct {
	Role    string `json:"role"` // "system", "user" or "assistant"
	Content string `json:"content"`
}

// Request is a prompt with everything that it or the configuration says about
// it. Either Prompt or Messages is set.
type Request struct {
	ID       string
	Client   string // whose turn it takes, and the last level of its topics; "" is a client too
	Prompt   string
	Messages []Turn
	Fields
	Reset    bool      // forget the conversation so far
	Received time.Time // with the monotonic clock's reading, like Deadline
	Deadline time.Time
	Warnings []string // for the answer

	message *Message
	entry   *entry // its place in the ledger, nil when it was refused before it got one
	made    bool   // the id was made here
	stream  streamer
	status  statusLimit
}

// Kept says that the broker keeps the prompt and hands it over again until it is
// answered or failed.
func (r *Request) Kept() bool { return r.message.kept }

// topic is where something about the prompt is published.
func (r *Request) topic(kind string) string { return r.message.tree.topic(kind, r.Client) }

// Fingerprint is the same for every copy of a prompt, in every process, and tells
// nothing of what it says.
func (r *Request) Fingerprint() string {
	d := digestOf(r.message.Topic, r.message.Payload)
	return hex.EncodeToString(d[:16])
}

const (
	maxStops     = 16
	maxChoices   = 64
	maxShortText = 1024 // bytes of a stop string or a choice
	maxTurns     = 256
	maxWarnings  = 8
	maxDeadline  = 86400 // seconds
	maxClockSkew = 300 * time.Second
)

// fields is what a request may hold.
var fields = map[string]func(r *Request, v value) error{
	"prompt":   func(r *Request, v value) (err error) { r.Prompt, err = v.text(); return },
	"messages": func(r *Request, v value) (err error) { r.Messages, err = r.turns(v); return },
	"system":   func(r *Request, v value) (err error) { r.System, err = v.text(); return },
	"raw":      func(r *Request, v value) (err error) { r.Raw, err = v.toggle(); return },

	"max_tokens":     wholeField(0, 1<<20, func(r *Request) *int { return &r.MaxTokens }),
	"temperature":    numberField(0, 100, func(r *Request) *float64 { return &r.Temperature }),
	"top_k":          wholeField(0, 1<<20, func(r *Request) *int { return &r.TopK }),
	"top_p":          numberField(0, 1, func(r *Request) *float64 { return &r.TopP }),
	"min_p":          numberField(0, 1, func(r *Request) *float64 { return &r.MinP }),
	"repeat_penalty": numberField(0.01, 100, func(r *Request) *float64 { return &r.RepeatPenalty }),
	"seed":           func(r *Request, v value) (err error) { r.Seed, err = v.seed(); return },
	"stop":           func(r *Request, v value) (err error) { r.Stop, err = stops(v); return },
	"one_of":         func(r *Request, v value) (err error) { r.OneOf, err = choices(v); return },

	"stream": func(r *Request, v value) (err error) { r.Stream, err = streamOf(v); return },
	"reply":  func(r *Request, v value) (err error) { r.Reply, err = formOf(v); return },
	"plain":  func(r *Request, v value) (err error) { r.Plain, err = v.toggle(); return },
	"response_topic": func(r *Request, v value) (err error) {
		r.ResponseTopic, err = v.text() // whether it is allowed depends on the policy
		return
	},
	"deadline_s": func(r *Request, v value) error {
		s, err := v.number(0.001, maxDeadline)
		r.Fields.Deadline = time.Duration(s * float64(time.Second))
		return err
	},
	"ts":           func(r *Request, v value) error { return nil }, // read with the deadline
	"conversation": func(r *Request, v value) (err error) { r.Conversation, err = idOf(v); return },
	"reset":        func(r *Request, v value) (err error) { r.Reset, err = v.toggle(); return },
	"id":           func(r *Request, v value) error { return nil }, // read first
}

// read fills r from a payload: text, or a JSON object where it begins with a
// brace. When it fails, what is known of the sender, its id above all, is in r
// all the same, so that the error reaches it.
func (p *Policy) read(r *Request, payload []byte, reserved []string) *Error {
	err := p.readPayload(r, payload)
	if err == nil {
		err = p.finish(r, reserved)
	}
	if err != nil {
		return &Error{Code: BadRequest, Message: err.Error()}
	}
	return nil
}

// late says that the deadline had passed when the prompt arrived.
func (r *Request) late() bool { return !r.Deadline.After(r.Received) }

func (p *Policy) readPayload(r *Request, payload []byte) error {
	if !utf8.Valid(payload) {
		return fmt.Errorf("the payload is not UTF-8")
	}
	payload = bytes.TrimPrefix(payload, []byte("\uFEFF"))
	r.Deadline = r.Received.Add(r.Fields.Deadline)
	if !bytes.HasPrefix(bytes.TrimLeft(payload, " \t\r\n"), []byte("{")) {
		r.Prompt = strings.TrimRight(string(payload), "\r\n") // which echo and editors add
		return nil
	}
	members, err := object(payload)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(members, func(m member) bool { return m.key == "id" }); i >= 0 && !members[i].value.isNull() {
		id, err := idOf(members[i].value)
		if err != nil {
			return fmt.Errorf("id: %w", err)
		}
		r.ID = id
	}
	var ts value
	for _, m := range members {
		set, known := fields[m.key]
		switch {
		case !known:
			r.warn("unknown key " + Clean(cut(m.key, 64)))
			continue
		case m.value.isNull(): // as if it were not there
			continue
		case m.key == "ts":
			ts = m.value
		}
		if err := set(r, m.value); err != nil {
			return fmt.Errorf("%s: %w", m.key, err)
		}
	}
	return r.setDeadline(ts)
}

// setDeadline turns deadline_s into a time on the monotonic clock. With ts the
// seconds that passed since then are already used up.
func (r *Request) setDeadline(ts value) error {
	r.Deadline = r.Received.Add(r.Fields.Deadline)
	if ts == nil {
		return nil
	}
	at, err := ts.number(0, 1<<53)
	if err != nil {
		return fmt.Errorf("ts: %w", err)
	}
	if at > 1e11 {
		return fmt.Errorf("ts: expected seconds since 1970, found what looks like milliseconds")
	}
	seconds, fraction := math.Modf(at)
	age := r.Received.Sub(time.Unix(int64(seconds), int64(fraction*1e9))) // by the wall clock: a value made elsewhere has no other
	if age < -maxClockSkew {
		r.warn("ts lies in the future: the clocks differ")
	}
	r.Deadline = r.Deadline.Add(-max(age, 0))
	return nil
}

// finish checks what fields say together.
func (p *Policy) finish(r *Request, reserved []string) error {
	switch {
	case r.Prompt != "" && r.Messages != nil:
		return fmt.Errorf("prompt and messages: expected one of them, found both")
	case r.Messages == nil && strings.TrimSpace(r.Prompt) == "":
		return fmt.Errorf("the prompt is empty")
	case r.Raw && !p.Raw:
		return fmt.Errorf("raw: not allowed, the setting mqtt.raw is false")
	case r.Raw && r.Messages != nil:
		return fmt.Errorf("raw: goes with prompt, not with messages")
	case r.Reset && r.Conversation == "":
		return fmt.Errorf("reset: goes with conversation")
	}
	if err := p.checkResponseTopic(r.ResponseTopic, reserved); err != nil {
		return fmt.Errorf("response_topic: %w", err)
	}
	return nil
}

// warn adds a line to the warnings, of which there is a limited number.
func (r *Request) warn(text string) {
	switch n := len(r.Warnings); {
	case n < maxWarnings:
		r.Warnings = append(r.Warnings, text)
	case n == maxWarnings:
		r.Warnings = append(r.Warnings, "and more")
	}
}

// turns reads messages: [{"role":"user","content":"..."}].
func (r *Request) turns(v value) ([]Turn, error) {
	list, err := v.list(1, maxTurns)
	if err != nil {
		return nil, err
	}
	turns := make([]Turn, len(list))
	for i, item := range list {
		if turns[i], err = r.turn(item); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return turns, nil
}

func (r *Request) turn(v value) (t Turn, err error) {
	if v[0] != '{' {
		return t, v.expected("an object with role and content")
	}
	members, err := object(v)
	if err != nil {
		return t, err
	}
	for _, m := range members {
		switch m.key {
		case "role":
			t.Role, err = m.value.text()
		case "content":
			t.Content, err = m.value.text()
		default:
			r.warn("unknown key " + Clean(cut(m.key, 64)) + " in messages")
		}
		if err != nil {
			return t, fmt.Errorf("%s: %w", m.key, err)
		}
	}
	switch t.Role {
	case "system", "user", "assistant":
		return t, nil
	case "":
		return t, fmt.Errorf("role: missing")
	}
	return t, fmt.Errorf(`role: expected "system", "user" or "assistant"`)
}

func stops(v value) ([]string, error) {
	if v[0] == '"' { // llama-cpp-python takes a single one without a list
		v = slices.Concat(value("["), v, value("]"))
	}
	return v.texts(0, maxStops, maxShortText)
}

// choices are answered to the letter, so they have to be what an answer may be.
func choices(v value) ([]string, error) {
	list, err := v.texts(2, maxChoices, maxShortText)
	for i, text := range list {
		if Clean(text) != text {
			return nil, fmt.Errorf("entry %d has control characters", i)
		}
	}
	return list, err
}

func streamOf(v value) (Stream, error) {
	switch string(v) {
	case "false":
		return StreamNothing, nil
	case "true":
		return StreamPieces, nil
	case `"sentence"`:
		return StreamSentences, nil
	}
	return "", v.expected(`true, false or "sentence"`)
}

func formOf(v value) (Form, error) {
	switch string(v) {
	case `"json"`:
		return FormJSON, nil
	case `"text"`:
		return FormText, nil
	}
	return "", v.expected(`"json" or "text"`)
}

func idOf(v value) (string, error) {
	id, err := v.text()
	if err != nil {
		return "", err
	}
	if !isID(id) {
		return "", fmt.Errorf("expected 1 to 64 of the characters A-Z a-z 0-9 . _ : -")
	}
	return id, nil
}

func wholeField(low, high int64, at func(*Request) *int) func(*Request, value) error {
	return func(r *Request, v value) error {
		n, err := v.whole(low, high)
		*at(r) = int(n)
		return err
	}
}

func numberField(low, high float64, at func(*Request) *float64) func(*Request, value) error {
	return func(r *Request, v value) (err error) {
		*at(r), err = v.number(low, high)
		return err
	}
}

// newID makes an id for a prompt that came without one.
func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return "llamad-" + hex.EncodeToString(b[:])
}
