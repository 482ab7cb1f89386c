package mqtt

import (
	"context"
	"errors"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const (
	farewellTimeout = 5 * time.Second // to publish what waits before leaving
	window          = 16              // our publishes without PUBACK at a time
	maxAttempts     = 10              // of a message at the front when connections break
)

// The payloads of the topic state.
const (
	stateOnline  = "online"
	stateOffline = "offline"
)

// link is the service on one connection.
type link struct {
	*conn
	s       *Service
	backlog *backlog
	pool    *conn // nil without one
}

// connect dials, subscribes and announces us. A link that is given back is ready
// to publish.
func (s *Service) connect(ctx context.Context, number int) (*link, error) {
	if err := s.chooseNode(ctx); err != nil {
		return nil, err
	}
	b := newBacklog(s.away())
	o := paho.NewClientOptions()
	o.SetClientID(s.o.ClientID)
	o.SetCleanSession(false)
	o.SetAutoAckDisabled(true) // see Service.finish
	o.SetBinaryWill(s.topic(topicState, ""), []byte(stateOffline), 1, true)
	o.SetDefaultPublishHandler(s.handler(arrival{*s.tree.Load(), number, true, b})) // for every topic: no route of paho's is used
	c, err := s.o.Broker.open(ctx, o, s.o.MaxPacket, s.mark)
	if err != nil {
		return nil, err
	}
	b.over.Store(!c.sessionKept) // then nothing was kept
	l := &link{conn: c, s: s, backlog: b}
	stop := context.AfterFunc(ctx, func() { c.fail(errLeaving) }) // don't wait for a slow broker to let us in
	defer stop()
	err = l.enter()
	if err == nil {
		err = l.joinPool(ctx, number)
	}
	if err != nil {
		s.goOffline()
		l.drop(err)
		return nil, err
	}
	s.counters.connections.Add(1)
	s.o.Log.Info("connected", "broker", s.o.Broker.URL, "topics", s.Base(), "session_kept", c.sessionKept)
	return l, nil
}

// enter subscribes and then says that we are there, in this order, so that
// whoever sees us online may ask.
func (l *link) enter() error {
	for _, sub := range l.s.tree.Load().subscriptions() {
		granted, err := l.subscribe(sub)
		if err != nil {
			return err
		}
		if granted < sub.qos {
			l.s.o.Log.Warn("the broker grants less than QoS 1: prompts may be lost", "filter", sub.filter)
		}
	}
	if err := l.markBacklog(); err != nil {
		return err
	}
	if err := l.awaitBirth(); err != nil {
		return err
	}
	for _, x := range l.s.goOnline(l) {
		if err := l.publish(x); err != nil {
			return err
		}
	}
	return nil
}

// serve publishes what is in the outbox until the connection is lost, or until ctx
// is done and we took our leave.
func (l *link) serve(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(l.pump)
	wg.Go(func() { l.watchBacklog(l.alive) })
	wg.Go(l.announce)
	select {
	case <-l.alive.Done():
	case <-ctx.Done():
		l.farewell()
	}
	l.s.goOffline()
	wg.Wait()
	l.drop(errLeaving)
	return context.Cause(l.alive)
}

// drop ends the connection, and the pool's with it.
func (l *link) drop(err error) {
	l.conn.drop(err)
	if l.pool != nil {
		l.s.setPool(nil)
		l.pool.drop(err)
	}
}

// farewell publishes what is still to be said. Our last will does not do it,
// since brokers drop it on a clean disconnect.
func (l *link) farewell() {
	ctx, cancel := context.WithTimeout(l.alive, farewellTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { l.fail(errLeaving) })()
	if l.s.outbox.flush(ctx) != nil {
		l.s.o.Log.Warn("left before the broker had every answer: prompts that are not acknowledged come again")
	}
	if err := l.publish(l.s.standing(topicState, []byte(stateOffline))); err != nil {
		l.s.o.Log.Warn("could not publish that we are offline", "err", err)
	}
	l.leave()
}

// flight is a publish on its way.
type flight struct {
	x     *outgoing
	token paho.Token
}

// pump hands the outbox to paho and, in the same order, waits for what becomes of
// it. At most window messages are on their way.
func (l *link) pump() {
	flights := make(chan flight, window)
	var wg sync.WaitGroup
	wg.Go(func() { l.confirm(flights) })
	for {
		x, err := l.s.outbox.take(l.alive)
		if err != nil {
			break
		}
		flights <- flight{x, l.client.Publish(x.topic, x.qos, x.retained, x.wire())}
	}
	close(flights)
	wg.Wait()
}

// confirm waits for the fate of each flight. What a lost connection leaves open
// goes back to the outbox.
func (l *link) confirm(flights <-chan flight) {
	var open []*outgoing
	for f := range flights {
		if len(open) == 0 {
			err := l.wait(f.token, "PUBACK")
			if err == nil {
				l.s.outbox.done(f.x)
				continue
			}
			l.fail(err)
			if f.x.attempts++; f.x.attempts >= maxAttempts {
				l.s.o.Log.Error("a message was given up: each time the connection breaks over it", "topic", f.x.topic, "bytes", len(f.x.payload), "err", err)
				l.s.outbox.done(f.x)
				continue
			}
		}
		if !errors.Is(f.token.Error(), paho.ErrNotConnected) {
			f.x.again = true // it may have arrived
		}
		open = append(open, f.x)
	}
	l.s.outbox.putBack(open)
}
