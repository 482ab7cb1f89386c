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
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// Checkup is what a broker does with a client that wants what a daemon wants.
// After an error the fields below it are not looked at.
type Checkup struct {
	Reach     error // nobody answers in MQTT
	Access    error // it does not let us in
	Subscribe error // to what a daemon listens to
	Publish   error // below our topics
	Session   error // it does not keep what arrives while a daemon is away

	State   string // that stands under our name: "online", "offline", "" where nobody ever was
	Info    Info   // of whoever that is
	Health  Health
	Changes int // of State while we looked; see restless
}

const (
	echoTimeout = 3 * time.Second // for what we published to come back

	// restless is how long a daemon is watched that has connected more than once.
	// Two with one client id throw each other out every few seconds.
	restless = 7 * time.Second
)

// Examine looks at a broker with client ids of its own and disturbs nobody. What
// it publishes is one message on the topic on which a daemon talks to itself.
func Examine(ctx context.Context, b Broker, prefix, node string) (c Checkup) {
	e := &examiner{checkup: &c, broker: b, t: newTree(prefix, node), heard: make(chan paho.Message, 64)}
	v, err := b.visit(ctx, maxReply, func(m paho.Message) {
		select {
		case e.heard <- m:
		default: // more than anybody looks at
		}
	})
	if err != nil {
		if isRefusal(err) {
			c.Access = Explain(err)
		} else {
			c.Reach = Explain(err)
		}
		return c
	}
	defer v.leave()
	e.visit = v
	for _, step := range []struct {
		failed *error
		look   func(context.Context) error
	}{
		{&c.Subscribe, e.subscribe},
		{&c.Publish, e.publish},
		{&c.Session, e.session},
	} {
		if *step.failed = step.look(ctx); *step.failed != nil {
			return c
		}
	}
	if c.State == stateOnline && c.Health.Counters.Connections > 1 {
		e.listen(ctx, restless, func() bool { return c.Changes > 1 })
	}
	return c
}

// isRefusal tells a broker that says no from none.
func isRefusal(err error) bool {
	for _, no := range []error{packets.ErrorRefusedBadUsernameOrPassword, packets.ErrorRefusedNotAuthorised, packets.ErrorRefusedIDRejected} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

type examiner struct {
	checkup *Checkup
	broker  Broker
	t       tree
	visit   *conn
	heard   chan paho.Message
	echo    string // what we published and wait for
	echoed  bool
}

func (e *examiner) subscribe(context.Context) error {
	subs := e.t.subscriptions()
	for _, topic := range []string{topicState, topicInfo, topicHealth} {
		subs = append(subs, subscription{e.t.topic(topic, ""), 0})
	}
	for _, sub := range subs {
		if _, err := e.visit.subscribe(sub); err != nil {
			return Explain(err)
		}
	}
	return nil
}

// publish waits for its message to come back: MQTT 3.1.1 has no other way to learn
// that a broker threw it away.
func (e *examiner) publish(ctx context.Context) error {
	var b [8]byte
	rand.Read(b[:]) // never fails
	e.echo = "doctor-" + hex.EncodeToString(b[:])
	topic := e.t.topic(topicMarker, "")
	if err := e.visit.publish(&outgoing{topic: topic, payload: []byte(e.echo), qos: 1}); err != nil {
		return Explain(err)
	}
	e.listen(ctx, echoTimeout, func() bool { return e.echoed })
	if err := ctx.Err(); err != nil {
		return err
	}
	if !e.echoed {
		return &ConnectError{fmt.Errorf("what is published on %s does not come back", topic),
			"let the broker's access list allow this user to read and write below " + string(e.t)}
	}
	return nil
}

// session leaves and comes back.
func (e *examiner) session(ctx context.Context) error {
	var b [6]byte
	rand.Read(b[:]) // never fails
	come := func(clean bool) (kept bool, err error) {
		o := paho.NewClientOptions()
		o.SetClientID("llamad-" + hex.EncodeToString(b[:]))
		o.SetCleanSession(clean)
		c, err := e.broker.open(ctx, o, maxReply, b[:])
		if err != nil {
			return false, Explain(err)
		}
		c.leave()
		return c.sessionKept, nil
	}
	_, err := come(false)
	kept := false
	if err == nil {
		kept, err = come(false)
	}
	if err == nil {
		_, err = come(true) // leaves nothing behind
	}
	if err == nil && !kept {
		err = &ConnectError{errors.New("the broker forgets us when we leave"),
			"allow persistent sessions at the broker; without them a prompt is lost that arrives while llamad is away"}
	}
	return err
}

// listen takes in what arrives until enough says so, for at most d.
func (e *examiner) listen(ctx context.Context, d time.Duration, enough func() bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for !enough() {
		select {
		case m := <-e.heard:
			e.hear(m)
		case <-timer.C:
			return
		case <-e.visit.alive.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

func (e *examiner) hear(m paho.Message) {
	c := e.checkup
	switch m.Topic() {
	case e.t.topic(topicState, ""):
		if !m.Retained() {
			c.Changes++
		}
		c.State = string(m.Payload())
	case e.t.topic(topicInfo, ""):
		json.Unmarshal(m.Payload(), &c.Info) // whoever wrote something else is no daemon
	case e.t.topic(topicHealth, ""):
		json.Unmarshal(m.Payload(), &c.Health)
	case e.t.topic(topicMarker, ""):
		e.echoed = e.echoed || string(m.Payload()) == e.echo
	}
}
