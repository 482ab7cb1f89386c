package mqtt

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// retainedWait is how long retained messages may take behind a SUBACK.
const retainedWait = 250 * time.Millisecond

// chooseNode looks, once and before anything is announced, whether another daemon
// goes by our name. Then ours gets four digits more, the same at every start. It
// takes a short connection of its own, since the real one needs the name for its
// last will.
func (s *Service) chooseNode(ctx context.Context) error {
	if s.chosen {
		return nil
	}
	state, info, err := s.standingAt(ctx, *s.tree.Load())
	if err != nil {
		return err
	}
	if err := s.checkGroup(ctx); err != nil {
		return err
	}
	s.chosen = true
	if state == stateOnline && info.Instance != "" && info.Instance != s.o.Instance {
		sum := sha256.Sum256([]byte(s.o.Instance))
		node := s.o.Node + "-" + hex.EncodeToString(sum[:2])
		s.o.Log.Warn("another daemon has our name: ours gets an ending", "name", s.o.Node, "instance", info.Instance, "ours", node, "cure", "set mqtt.node")
		s.setNode(node)
	}
	return nil
}

// standingAt reads what is retained under a name.
func (s *Service) standingAt(ctx context.Context, t tree) (state string, info Info, err error) {
	type retained struct {
		topic   string
		payload []byte
	}
	arrived := make(chan retained, 16)
	v, err := s.o.Broker.visit(ctx, s.o.MaxPacket, func(m paho.Message) {
		select {
		case arrived <- retained{m.Topic(), m.Payload()}:
		default: // more than two are not ours
		}
	})
	if err != nil {
		return "", info, err
	}
	defer v.leave()
	stateTopic, infoTopic := t.topic(topicState, ""), t.topic(topicInfo, "")
	for _, topic := range []string{stateTopic, infoTopic} {
		_, err := v.subscribe(subscription{topic, 0})
		var refused *refusedError
		if errors.As(err, &refused) {
			return "", info, nil // we may not look, so there is nothing to see
		}
		if err != nil {
			return "", info, err
		}
	}
	timer := time.NewTimer(retainedWait)
	defer timer.Stop()
	for state == "" || info.Instance == "" {
		select {
		case m := <-arrived:
			switch m.topic {
			case stateTopic:
				state = string(m.payload)
			case infoTopic:
				json.Unmarshal(m.payload, &info) // whoever wrote something else is no daemon
			}
		case <-timer.C:
			return state, info, nil
		case <-ctx.Done():
			return "", info, ctx.Err()
		}
	}
	return state, info, nil
}

// visit opens a connection with a clean session and an id of its own.
func (b *Broker) visit(ctx context.Context, maxPacket int, on func(paho.Message)) (*conn, error) {
	var id [6]byte
	rand.Read(id[:]) // never fails
	o := paho.NewClientOptions()
	o.SetClientID("llamad-" + hex.EncodeToString(id[:]))
	o.SetCleanSession(true)
	o.SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { on(m) })
	return b.open(ctx, o, maxPacket, []byte(id[:]))
}
