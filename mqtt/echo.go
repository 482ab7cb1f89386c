package mqtt

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// echoWindow is how long a bare text that we published is not answered as a prompt.
const echoWindow = 10 * time.Second

// origins tell what a llamad publishes from what it is asked: every object on one
// of its topics has the keys of one of these pairs, and no prompt.
var origins = [][2]string{
	{"status", "node"},         // response
	{"event_type", "client"},   // event
	{"state", "progress"},      // status
	{"seq", "done"},            // stream
	{"short", "finish_reason"}, // last
	{"instance", "node"},       // info
	{"uptime_s", "counters"},   // health
}

// echo says that m is no prompt but something that this or another llamad
// published, led back by a bridge or an automation. Answering it, even with an
// error, would make a loop, so it is dropped.
func (s *Service) echo(m *Message) bool {
	is := isPublished(m.Payload)
	if is {
		s.countEcho(m)
	}
	return is
}

// refuseEcho is for bare texts. One that was the answer a moment ago may be somebody
// who says the same, and is told so; the error ends a loop as well, since it is an
// object.
func (s *Service) refuseEcho(m *Message) *Error {
	if !s.ledger.said(m.Payload) {
		return nil
	}
	s.countEcho(m)
	return &Error{Code: BadRequest, Message: fmt.Sprintf("the prompt is what was just answered, as if it came back by mistake: ask it as JSON, or %v later", echoWindow)}
}

func (s *Service) countEcho(m *Message) {
	if s.counters.echoes.Add(1) == 1 {
		s.o.Log.Warn("an answer came back as a prompt", "topic", cut(m.Topic, maxTopic),
			"cure", "find the bridge or automation that publishes what llamad says to a prompt topic; the next are dropped without a word")
	}
}

func isPublished(payload []byte) bool {
	if payload = bytes.TrimSpace(payload); len(payload) == 0 || payload[0] != '{' {
		return false
	}
	members, err := object(payload)
	if err != nil {
		return false
	}
	has := func(key string) bool {
		return slices.ContainsFunc(members, func(m member) bool { return m.key == key })
	}
	if has("prompt") || has("messages") {
		return false
	}
	return slices.ContainsFunc(origins, func(pair [2]string) bool { return has(pair[0]) && has(pair[1]) })
}

// said says that payload is the text of an answer that has just been published.
func (l *ledger) said(payload []byte) bool {
	payload = bytes.TrimSpace(payload)
	if len(payload) == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.answered, func(e *entry) bool {
		return l.now().Sub(e.since) < echoWindow && bytes.Equal(payload, bytes.TrimSpace(e.answer.payload))
	})
}
