package mqtt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// Retraction removes a daemon from Home Assistant.
type Retraction struct {
	Broker          Broker
	Prefix, Node    string
	DiscoveryPrefix string
}

// Retract empties every topic on which the daemon was ever announced. It learns
// from the retained info which instance that is, and says whether the daemon runs
// and so will announce itself again. Who was never there is an *AbsentError.
func Retract(ctx context.Context, r Retraction) (instance string, running bool, err error) {
	t := newTree(r.Prefix, r.Node)
	infos, states := make(chan []byte, 1), make(chan []byte, 1)
	c, err := r.Broker.visit(ctx, maxReply, func(m paho.Message) {
		to := infos
		if m.Topic() == t.topic(topicState, "") {
			to = states
		}
		select {
		case to <- m.Payload():
		default: // one is enough
		}
	})
	if err != nil {
		return "", false, Explain(err)
	}
	defer c.leave()
	for _, kind := range []string{topicState, topicInfo} {
		if _, err := c.subscribe(subscription{t.topic(kind, ""), 0}); err != nil {
			return "", false, Explain(err)
		}
	}
	var info Info
	select {
	case payload := <-infos:
		json.Unmarshal(payload, &info) // what is no info has no instance
	case <-time.After(4 * retainedWait):
		return "", false, &AbsentError{Base: string(t)}
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
	if !isDiscoveryID(info.Instance) { // it becomes part of a topic
		return "", false, fmt.Errorf("%s does not say which instance it is of: expected what llamad publishes there", t.topic(topicInfo, ""))
	}
	select {
	case state := <-states: // it was subscribed first
		running = string(state) == stateOnline
	default:
	}
	topics, err := r.Broker.announced(ctx, announcer{prefix: r.DiscoveryPrefix, instance: info.Instance})
	if err != nil {
		return "", false, Explain(err)
	}
	for _, topic := range topics {
		if err := c.publish(empty(topic)); err != nil {
			return "", false, Explain(err)
		}
	}
	return info.Instance, running, nil
}

// empty leaves nothing behind on a topic.
func empty(topic string) *outgoing {
	return &outgoing{topic: topic, qos: 1, retained: true, class: notice}
}

// announced lists the topics on which an instance is announced now. Only those
// are emptied: Home Assistant complains about any other.
func (b *Broker) announced(ctx context.Context, a announcer) (topics []string, err error) {
	found := make(chan string, 256) // of every llamad of the house
	c, err := b.visit(ctx, maxReply, func(m paho.Message) {
		if !m.Retained() {
			return // somebody speaks just now
		}
		select {
		case found <- m.Topic():
		default:
		}
	})
	if err != nil {
		return nil, err
	}
	defer c.leave()
	if _, err := c.subscribe(subscription{a.prefix + "/+/llamad/+/config", 0}); err != nil {
		return nil, err
	}
	wait := time.After(2 * retainedWait)
	for {
		select {
		case topic := <-found:
			levels := strings.Split(topic, "/")
			if id := levels[len(levels)-2]; id == a.instance || strings.HasPrefix(id, a.instance+"_") {
				topics = append(topics, topic)
			}
		case <-wait:
			return topics, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// letGo asks Home Assistant to let go of what is announced on a topic, but to keep
// the names and rooms that its user gave it.
func letGo(topic string) *outgoing {
	return &outgoing{topic: topic, payload: []byte(`{"migrate_discovery":true}`), qos: 1, class: notice}
}

// lettingGo is how long Home Assistant may take for that.
const lettingGo = time.Second

// announce announces us for the first time in the life of a process. What is
// announced in another way goes: first from the hands of Home Assistant, which
// takes no entity a second time, and then from the broker.
func (l *link) announce() {
	s := l.s
	if s.retracted || s.o.DiscoveryPrefix == "" {
		return
	}
	wanted := s.announcements()
	topics, err := s.o.Broker.announced(l.alive, s.announcer())
	if l.alive.Err() != nil {
		return
	}
	if err != nil {
		s.o.Log.Debug("old announcements to Home Assistant cannot be looked for", "err", err)
	}
	topics = slices.DeleteFunc(topics, func(topic string) bool {
		return slices.ContainsFunc(wanted, func(x *outgoing) bool { return x.topic == topic })
	})
	if len(topics) > 0 && len(wanted) > 0 {
		for _, topic := range topics {
			s.send(letGo(topic))
		}
		select {
		case <-time.After(lettingGo):
		case <-l.alive.Done():
			return
		}
	}
	s.announced.Store(true)
	for _, x := range wanted {
		s.send(x)
	}
	for _, topic := range topics {
		s.send(empty(topic))
	}
	s.retracted = err == nil
}
