package mqtt

import (
	"context"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// A pool is several daemons that share the prompts of <prefix>/<group>/prompt: the
// broker gives each prompt to one of them. Whoever gets it answers below
// <prefix>/<group>, so a sender need not know who that was.
//
// The subscription is on a connection of its own with a clean session. With a
// kept one mosquitto goes on giving prompts to members that are not there. The
// price is that a prompt which a member holds when it dies is lost to its sender,
// whose deadline then passes.

// sharedSubscriptions are a member's. Cancels go to all of them, since only one
// has the prompt.
func sharedSubscriptions(group string, t tree) []subscription {
	share := "$share/" + group + "/"
	return []subscription{
		{t.topic(topicCancel, ""), 0},
		{share + t.topic(topicPrompt, ""), 1},
		{share + t.topic(topicPrompt, "+"), 1},
	}
}

// joinPool opens the pool's connection. It lives as long as the service's own
// one, through which the answers go.
func (l *link) joinPool(ctx context.Context, number int) error {
	s := l.s
	if s.o.Group == "" || s.poolClosed {
		return nil
	}
	t := newTree(s.o.Prefix, s.o.Group)
	o := paho.NewClientOptions()
	o.SetClientID(s.o.ClientID + "-g")
	o.SetCleanSession(true)
	o.SetAutoAckDisabled(true)
	o.SetDefaultPublishHandler(s.handler(arrival{tree: t, connection: number, backlog: newBacklog(0)}))
	pool, err := s.o.Broker.open(ctx, o, s.o.MaxPacket, s.mark)
	if err != nil {
		return err
	}
	context.AfterFunc(pool.alive, func() { l.fail(context.Cause(pool.alive)) })
	l.pool = pool
	for _, sub := range sharedSubscriptions(s.o.Group, t) {
		if _, err := pool.subscribe(sub); err != nil {
			return err
		}
	}
	s.setPool(pool)
	s.o.Log.Info("joined the pool", "topics", string(t))
	return nil
}

func (s *Service) setPool(pool *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pool = pool
}

// LeavePool takes no more prompts from the pool, while those that are here can
// still be answered. It waits a moment for the broker to know.
func (s *Service) LeavePool() {
	s.mu.Lock()
	pool := s.pool
	s.pool = nil
	s.mu.Unlock()
	if pool == nil {
		return
	}
	var filters []string
	for _, sub := range sharedSubscriptions(s.o.Group, newTree(s.o.Prefix, s.o.Group))[1:] {
		filters = append(filters, sub.filter)
	}
	token := pool.client.Unsubscribe(filters...)
	if token.WaitTimeout(time.Second) && token.Error() == nil {
		s.o.Log.Info("left the pool", "group", s.o.Group)
	}
}

// checkGroup looks whether a node goes by the pool's name: it would take every
// prompt of the pool for one of its own, and answer it too.
func (s *Service) checkGroup(ctx context.Context) error {
	if s.o.Group == "" {
		return nil
	}
	state, info, err := s.standingAt(ctx, newTree(s.o.Prefix, s.o.Group))
	if err != nil {
		return err
	}
	if s.poolClosed = state == stateOnline && info.Instance != ""; s.poolClosed {
		s.o.Log.Error("a node is named like our pool, which we do not join", "group", s.o.Group, "instance", info.Instance, "cure", "give mqtt.group another name here, or mqtt.node there, and restart")
	}
	return nil
}
