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

// retract empties, once in the life of a process, what was announced in another
// way than now.
func (l *link) retract() {
	s := l.s
	if s.retracted || s.o.DiscoveryPrefix == "" {
		return
	}
	topics, err := s.o.Broker.announced(l.alive, s.announcer())
	if err != nil {
		if l.alive.Err() == nil {
			s.o.Log.Debug("old announcements to Home Assistant cannot be looked for", "err", err)
		}
		return
	}
	wanted := s.announcements()
	for _, topic := range topics {
		if !slices.ContainsFunc(wanted, func(x *outgoing) bool { return x.topic == topic }) {
			s.send(empty(topic))
		}
	}
	s.retracted = true
}
