package mqtt

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tree is the place of one daemon among the topics: <prefix>/<node>.
type tree string

// The topics below it. Those with a client have it as one more level.
const (
	topicPrompt   = "prompt"   // in, [/client]
	topicCancel   = "cancel"   // in
	topicMarker   = "marker"   // out and in again: ends the backlog of a connection
	topicResponse = "response" // out, [/client]
	topicStream   = "stream"   // out, [/client]
	topicStatus   = "status"   // out, [/client]
	topicState    = "state"    // out, retained, the last will
	topicInfo     = "info"     // out, retained
	topicHealth   = "health"   // out, retained
	topicLast     = "last"     // out, retained
	topicEvent    = "event"    // out
)

const (
	maxTopic  = 256 // bytes of a response topic
	maxClient = 64  // bytes of a client's name
)

func newTree(prefix, node string) tree { return tree(prefix + "/" + node) }

// topic is "llamad/pi4/response/kitchen", without the last level for client "".
func (t tree) topic(kind, client string) string {
	if client == "" {
		return string(t) + "/" + kind
	}
	return string(t) + "/" + kind + "/" + client
}

// subscription is a filter and the highest QoS it is delivered with.
type subscription struct {
	filter string
	qos    byte
}

func (t tree) subscriptions() []subscription {
	return []subscription{
		{t.topic(topicPrompt, ""), 1},
		{t.topic(topicPrompt, "+"), 1},
		{t.topic(topicCancel, ""), 0},
		{t.topic(topicMarker, ""), 1}, // as a prompt, or it would overtake them
	}
}

// classify says which of our topics a message came on. A client's name is not
// yet checked. Anything else has kind "": a session that outlived a renaming
// still delivers what the old name subscribed to.
func (t tree) classify(topic string) (kind, client string) {
	rest, ours := strings.CutPrefix(topic, string(t)+"/")
	if !ours {
		return "", ""
	}
	kind, client, deeper := strings.Cut(rest, "/")
	switch {
	case kind == topicPrompt && !strings.Contains(client, "/"):
		return kind, client
	case (kind == topicCancel || kind == topicMarker) && !deeper:
		return kind, ""
	}
	return "", ""
}

// checkClient refuses names that must not be copied to an answer's topic.
func checkClient(name string) error {
	switch {
	case len(name) > maxClient:
		return fmt.Errorf("the client name in the topic has %d bytes, expected at most %d", len(name), maxClient)
	case !printable(name) || strings.ContainsAny(name, "+#"):
		return fmt.Errorf("the client name in the topic has characters that a topic cannot hold")
	}
	return nil
}

// checkLevel is for names out of the configuration: one level of a topic.
func checkLevel(name string) error {
	if name == "" || len(name) > maxClient || name[0] == '$' || strings.ContainsAny(name, "/+#") || !printable(name) {
		return fmt.Errorf("%q: expected one level of a topic, at most %d bytes, without / + # and $ in front", name, maxClient)
	}
	return nil
}

// checkTopic refuses what must not be published to, whoever asks: see MQTT 3.1.1
// section 4.7. Empty levels are legal there and refused here, since they are
// mistakes.
func checkTopic(topic string) error {
	switch {
	case topic == "" || len(topic) > maxTopic:
		return fmt.Errorf("has %d bytes, expected 1 to %d", len(topic), maxTopic)
	case strings.ContainsAny(topic, "+#"):
		return fmt.Errorf("has a wildcard")
	case topic[0] == '$':
		return fmt.Errorf("begins with $, which belongs to the broker")
	case !printable(topic):
		return fmt.Errorf("has characters that a topic cannot hold")
	case strings.Contains("/"+topic+"/", "//"):
		return fmt.Errorf("has an empty level")
	}
	return nil
}

// within says whether topic is prefix or below it, by whole levels.
func within(topic, prefix string) bool {
	return topic == prefix || strings.HasPrefix(topic, prefix+"/")
}

// printable is the text that a topic may be: UTF-8 without control characters,
// byte order marks, non-characters and what shows in another order than it is.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unclean(r) || r == '\uFEFF' || r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
	})
}

// isID says whether s may be an id, or a name that stands beside ids.
func isID(s string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"
	return s != "" && len(s) <= 64 && strings.Trim(s, letters) == ""
}
