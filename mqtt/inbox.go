package mqtt

import (
	"bytes"
	"fmt"
	"strings"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// arrival is what messages of one connection have in common.
type arrival struct {
	tree       tree // of the topics that are subscribed
	connection int  // counted from 1
	kept       bool // the broker keeps what is not acknowledged
	backlog    *backlog
}

// handler sorts what arrives on one connection. paho calls it from the goroutine
// that also sees the broker's ping responses, so it must not wait for anything.
func (s *Service) handler(a arrival) paho.MessageHandler {
	return func(_ paho.Client, p paho.Message) {
		kind, client := a.tree.classify(p.Topic())
		switch {
		case p.Topic() == birthTopic && s.o.announces():
			p.Ack()
			if string(p.Payload()) == stateOnline && !p.Retained() {
				s.born()
			}
		case kind == "":
			// What an earlier subscription of this session still brings. Without the
			// acknowledgement it would fill the broker's window.
			p.Ack()
			s.o.Log.Debug("a message on a topic that is not ours was dropped", "topic", cut(p.Topic(), maxTopic))
		case kind == topicMarker:
			p.Ack()
			a.backlog.heard(p.Payload())
		case p.Retained():
			p.Ack()
			s.dropRetained(p.Topic())
		case kind == topicPrompt:
			s.o.Prompt(s.message(p, client, a))
		case kind == topicCancel:
			p.Ack()
			id, err := cancelled(p.Payload())
			if err != nil {
				s.o.Log.Warn("a cancel was not understood", "err", err)
				return
			}
			s.o.Cancel(func(r *Request) bool {
				return (id == "" || r.ID == id) && (a.tree == *s.tree.Load() || a.tree == r.message.tree)
			})
		}
	}
}

func (s *Service) message(p paho.Message, client string, a arrival) *Message {
	m := &Message{
		Topic:      p.Topic(),
		Client:     client,
		Payload:    p.Payload(),
		QoS:        p.Qos(),
		Dup:        p.Duplicate(),
		Received:   s.o.Now(),
		absence:    a.backlog.absence(),
		tree:       a.tree,
		kept:       a.kept && p.Qos() > 0,
		connection: a.connection,
	}
	if m.Oversize = oversize(m.Payload, s.mark); m.Oversize > 0 {
		m.Payload = nil
	}
	if m.QoS > 0 {
		m.ack = p.Ack
	}
	return m
}

// dropRetained explains why nothing happens: a retained prompt would be asked
// again at every connection.
func (s *Service) dropRetained(topic string) {
	s.counters.retained.Add(1)
	s.o.Log.Warn("a retained prompt was dropped, since it would run again at every connection",
		"topic", cut(topic, maxTopic), "cure", "publish prompts without retain, and remove this one: "+removal(topic))
}

// removal is how a retained message goes away. Whoever reads the log may well run
// what it says, and anybody may choose a topic: a command is given only where
// neither the log nor a shell could take the topic for more than that.
func removal(topic string) string {
	if checkTopic(topic) != nil || strings.ContainsAny(topic, `'"\`) {
		return "publish an empty retained message on its topic"
	}
	return fmt.Sprintf("mosquitto_pub -r -n -t '%s'", topic)
}

// cancelPress is what a Home Assistant button sends.
const cancelPress = "PRESS"

// cancelled reads the payload of a cancel: an id, plain or as {"id":...}, or one
// of the ways to say all, which is "".
func cancelled(payload []byte) (string, error) {
	payload = bytes.TrimSpace(payload)
	switch string(payload) {
	case "", "*", cancelPress:
		return "", nil
	}
	id := string(payload)
	if payload[0] == '{' {
		members, err := object(payload)
		if err != nil {
			return "", err
		}
		id = ""
		for _, m := range members {
			if m.key == "id" {
				if id, err = m.value.text(); err != nil {
					return "", fmt.Errorf("id: %w", err)
				}
			}
		}
		if id == "*" {
			return "", nil
		}
	}
	if !isID(id) {
		return "", fmt.Errorf("expected an id, * or nothing")
	}
	return id, nil
}
