package mqtt

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"time"
)

// How often the marker is published when it does not come back, which happens
// when the broker's queue for us is full, and how often in all.
const (
	markAgain = 10 * time.Second
	maxMarks  = 90
)

// backlog tells, on one connection, what the broker kept for us from what is
// asked now. MQTT 3.1.1 says of no message how old it is, but hands over what it
// kept in order: a marker that we publish to a topic of our own as soon as we are
// back arrives behind all of it.
type backlog struct {
	marker []byte        // differs for each connection: an older one may be among what was kept
	away   time.Duration // how long we were gone, 0 where that is not known
	over   atomic.Bool
}

func newBacklog(away time.Duration) *backlog {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return &backlog{marker: hex.AppendEncode(nil, b[:]), away: away}
}

// heard is called with what comes on the marker's topic.
func (b *backlog) heard(payload []byte) {
	if string(payload) == string(b.marker) {
		b.over.Store(true)
	}
}

// absence is how long we were gone when a message that comes now may have
// waited for us all that time, else 0.
func (b *backlog) absence() time.Duration {
	if b.over.Load() {
		return 0
	}
	return b.away
}

// away is how long we have been gone.
func (s *Service) away() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen.IsZero() {
		return 0
	}
	return max(0, s.o.Now().Sub(s.seen))
}

// stale refuses a prompt that waited at the broker while we were gone for too
// long: whoever asked has given up, and eight hours of morning briefings are not
// to be read out one after the other.
func (s *Service) stale(m *Message) *Error {
	if m.absence <= s.o.MaxAge {
		return nil
	}
	return &Error{Code: Expired, Message: fmt.Sprintf("the prompt waited while llamad was away for %v: prompts are dropped after more than %v (mqtt.max_age)", m.absence.Round(time.Second), s.o.MaxAge)}
}

// markBacklog publishes the marker until it comes back.
func (l *link) markBacklog() error {
	if l.backlog.over.Load() {
		return nil
	}
	return l.publish(&outgoing{topic: l.s.topic(topicMarker, ""), payload: l.backlog.marker, qos: 1})
}

// watchBacklog does so again and again, and in the end without it.
func (l *link) watchBacklog(ctx context.Context) {
	tick := time.NewTicker(markAgain)
	defer tick.Stop()
	for range maxMarks {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if l.backlog.over.Load() {
			return
		}
		if l.markBacklog() != nil {
			return // the connection is lost
		}
	}
	if !l.backlog.over.Swap(true) {
		l.s.o.Log.Warn("the broker does not hand us our own marker: every prompt is taken for a new one",
			"topic", l.s.topic(topicMarker, ""), "cure", "let the broker's access list allow this user to read and write all below <prefix>/<node>")
	}
}
