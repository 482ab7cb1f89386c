package mqtt

import (
	"fmt"
	"strings"
	"time"
)

// Stream is how much of an answer is published while it is written.
type Stream string

const (
	StreamNothing   Stream = "false"
	StreamPieces    Stream = "true"     // at most ten messages a second
	StreamSentences Stream = "sentence" // a message a finished sentence
)

// Form is what an answer looks like.
type Form string

const (
	FormJSON Form = "json" // the whole object
	FormText Form = "text" // the bare text, for clients without JSON
)

// Fields are the part of a request that may have defaults. The names are
// llama-cpp-python's.
type Fields struct {
	System        string // "" is none
	Raw           bool   // the prompt is the complete text with its control tokens
	MaxTokens     int    // 0 fills the context
	Temperature   float64
	TopK          int
	TopP          float64
	MinP          float64
	RepeatPenalty float64
	Seed          *uint64 // nil is random
	Stop          []string
	OneOf         []string // answer with the likeliest of these
	Stream        Stream
	Reply         Form
	Plain         bool   // strip markdown and emoji
	ResponseTopic string // "" is response[/client]
	Deadline      time.Duration
	Conversation  string // "" is none
	Last          bool   // the answer may be shown on the topic last; by configuration only
}

// homeAssistant is the client name that Home Assistant's entities use.
const homeAssistant = "homeassistant"

// Policy is what the configuration says about requests. It may be replaced while
// the service runs.
type Policy struct {
	Defaults       Fields
	Clients        map[string]Fields // whole, not only what differs from Defaults
	ResponseTopics []string          // a response_topic must be one of these or below one
	Raw            bool              // requests may ask for raw
}

func (p *Policy) defaults(client string) Fields {
	f, ok := p.Clients[client]
	if !ok {
		f = p.Defaults
	}
	if client == homeAssistant {
		f.Last = true
	}
	return f
}

// reserved are the topics nobody may have answers published to: everything of
// llamad's, ours or another's, since an answer there could be taken for a prompt
// and answered in turn, and what configures a hub.
func reserved(prefix, discovery string) []string {
	out := []string{prefix, "homeassistant"}
	if discovery != "" {
		out = append(out, discovery)
	}
	return out
}

// check refuses a policy that could make a loop or that contradicts itself.
func (p *Policy) check(reserved []string) error {
	for _, topic := range p.ResponseTopics {
		topic = strings.TrimSuffix(topic, "/")
		if err := checkTopic(topic); err != nil {
			return fmt.Errorf("mqtt.response_topics: %q %w", topic, err)
		}
		if r := reservedFor(topic, reserved); r != "" {
			return fmt.Errorf("mqtt.response_topics: %q lies in %s/..., where no answer may go: choose a topic of your own", topic, r)
		}
	}
	for name, f := range p.Clients {
		if err := checkLevel(name); err != nil {
			return fmt.Errorf("client %w", err)
		}
		if err := p.checkResponseTopic(f.ResponseTopic, reserved); err != nil {
			return fmt.Errorf("client.%s.response_topic %w", name, err)
		}
	}
	return nil
}

// checkResponseTopic says why answers may not go to topic; "" is always fine.
func (p *Policy) checkResponseTopic(topic string, reserved []string) error {
	if topic == "" {
		return nil
	}
	if err := checkTopic(topic); err != nil {
		return err
	}
	if r := reservedFor(topic, reserved); r != "" {
		return fmt.Errorf("lies in %s/..., where no answer may go", r)
	}
	for _, prefix := range p.ResponseTopics {
		if within(topic, strings.TrimSuffix(prefix, "/")) {
			return nil
		}
	}
	if len(p.ResponseTopics) == 0 {
		return fmt.Errorf("is not allowed: the setting mqtt.response_topics is empty")
	}
	return fmt.Errorf("is not under one of mqtt.response_topics (%s)", strings.Join(p.ResponseTopics, ", "))
}

func reservedFor(topic string, reserved []string) string {
	for _, r := range reserved {
		if within(topic, r) {
			return r
		}
	}
	return ""
}
