package mqtt

import (
	"context"
	"encoding/json"
	"fmt"
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
	for _, x := range (announcer{prefix: r.DiscoveryPrefix, instance: info.Instance, tree: t}).removal() {
		if err := c.publish(x); err != nil {
			return "", false, Explain(err)
		}
	}
	return info.Instance, running, nil
}
