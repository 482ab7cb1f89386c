package mqtt

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// Question is one prompt to a daemon, as any client would ask it.
type Question struct {
	Broker       Broker
	Prefix, Node string
	Payload      []byte           // text or a JSON request
	ID           string           // of the request; who stops waiting cancels it. "" leaves it to itself
	OnStatus     func(Status)     // may be nil
	OnPart       func(StreamPart) // may be nil; called only where the request asks for a stream
}

// Reply is what became of a question.
type Reply struct {
	Text   string // of an answer
	Err    *Error // nil with an answer
	Object []byte // as it was published; bare text when the request asked for that
}

// AbsentError is a broker on which nobody would answer.
type AbsentError struct {
	Base  string // "llamad/pi4"
	State string // "offline", or "" when nothing was ever there
}

func (e *AbsentError) Error() string {
	if e.State == "" {
		return fmt.Sprintf("no llamad is known as %s on this broker: start it (llamad serve), or name another node", e.Base)
	}
	return fmt.Sprintf("llamad at %s is offline: start it (llamad serve)", e.Base)
}

// Ask publishes a question and waits for its reply until ctx is done. It uses a
// client name of its own, so that nobody else sees the answer.
func Ask(ctx context.Context, q Question) (*Reply, error) {
	var b [4]byte
	rand.Read(b[:]) // never fails
	client := "send-" + hex.EncodeToString(b[:])
	t := newTree(q.Prefix, q.Node)

	arrived, replied := make(chan paho.Message, 64), make(chan paho.Message, 1)
	c, err := q.Broker.visit(ctx, maxReply, func(m paho.Message) {
		to := arrived
		if m.Topic() == t.topic(topicResponse, client) {
			to = replied
		}
		select {
		case to <- m:
		default: // more than anybody reads, or a reply once more
		}
	})
	if err != nil {
		return nil, Explain(err)
	}
	defer c.leave()
	for _, sub := range []subscription{
		{t.topic(topicState, ""), 0},
		{t.topic(topicResponse, client), 1},
		{t.topic(topicStatus, client), 0},
		{t.topic(topicStream, client), 0},
	} {
		if _, err := c.subscribe(sub); err != nil {
			return nil, Explain(err)
		}
	}
	a := asking{q: q, t: t, client: client, arrived: arrived, replied: replied, c: c}
	if err := a.present(ctx); err != nil {
		return nil, err
	}
	if err := c.publish(&outgoing{topic: t.topic(topicPrompt, client), payload: q.Payload, qos: 1}); err != nil {
		return nil, Explain(err)
	}
	reply, err := a.reply(ctx)
	if ctx.Err() != nil && reply == nil && q.ID != "" {
		err = errors.Join(err, c.publish(&outgoing{topic: t.topic(topicCancel, ""), payload: []byte(q.ID)}))
	}
	return reply, err
}

const maxReply = 4 << 20 // bytes of a packet that Ask reads

type asking struct {
	q       Question
	t       tree
	client  string
	arrived <-chan paho.Message // state and progress
	replied <-chan paho.Message
	c       *conn
}

// present waits for the retained state.
func (a *asking) present(ctx context.Context) error {
	timer := time.NewTimer(4 * retainedWait)
	defer timer.Stop()
	for {
		select {
		case m := <-a.arrived:
			if m.Topic() != a.t.topic(topicState, "") {
				continue
			}
			if state := string(m.Payload()); state != stateOnline {
				return &AbsentError{string(a.t), state}
			}
			return nil
		case <-timer.C:
			return &AbsentError{string(a.t), ""}
		case <-a.c.alive.Done():
			return Explain(context.Cause(a.c.alive))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (a *asking) reply(ctx context.Context) (*Reply, error) {
	for {
		select {
		case m := <-a.arrived:
			a.progress(m)
		case m := <-a.replied:
			for len(a.arrived) > 0 { // what came before it
				a.progress(<-a.arrived)
			}
			return parseReply(m.Payload()), nil
		case <-a.c.alive.Done():
			return nil, Explain(context.Cause(a.c.alive))
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (a *asking) progress(m paho.Message) {
	switch m.Topic() {
	case a.t.topic(topicStatus, a.client):
		tell(m.Payload(), a.q.OnStatus)
	case a.t.topic(topicStream, a.client):
		tell(m.Payload(), a.q.OnPart)
	}
}

func tell[T any](payload []byte, to func(T)) {
	var v T
	if to != nil && json.Unmarshal(payload, &v) == nil {
		to(v)
	}
}

func parseReply(payload []byte) *Reply {
	var r struct {
		Status, Text string
		Error        *Error
	}
	if json.Unmarshal(payload, &r) != nil || r.Status == "" {
		return &Reply{Text: string(payload), Object: payload}
	}
	return &Reply{Text: r.Text, Err: r.Error, Object: payload}
}

// ConnectError is a connection that did not come about, with what to do.
type ConnectError struct {
	Err  error
	Cure string // "" where none is known
}

func (e *ConnectError) Error() string {
	if e.Cure == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + e.Cure
}

func (e *ConnectError) Unwrap() error { return e.Err }

// Explain adds what to do to the error of a connection.
func Explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &ConnectError{err, cure(err)}
}
