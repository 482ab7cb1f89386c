package mqtt

import (
	"context"
	"slices"
	"sync"
)

// class orders what is waiting to be published by how much it would be missed.
type class int

const (
	piece  class = iota // parts of an answer and progress: worthless later, dropped first
	notice              // events and retained figures, of which the newest count
	final               // the one answer or error of a prompt
)

// What waits at most. Finals have room for every prompt that a broker hands over
// at a time (20 with mosquitto) and for a burst of refused QoS 0 prompts.
const (
	maxPieces     = 64
	maxNotices    = 64
	maxFinals     = 2048
	maxFinalBytes = 4 << 20
)

// MaxKept is the most bytes of answers that a Service keeps: those on their way
// and those it remembers.
const MaxKept = maxFinalBytes + maxRememberedBytes

// outgoing is a message to publish.
type outgoing struct {
	topic    string
	payload  []byte
	qos      byte
	retained bool
	standing bool // each connection begins with what is to stand on this topic then
	class    class
	again    bool   // the broker may have it already, or had it: it is marked as replayed
	attempts int    // connections that broke while it was the oldest on its way
	sent     func() // called once, when the broker has it; may be nil
}

// wire is the payload as it is published.
func (x *outgoing) wire() []byte {
	if x.again && x.class == final {
		return replayed(x.payload)
	}
	return x.payload
}

// fleeting says that x is worthless on the next connection, or worse: an older
// figure would replace what stands there.
func (x *outgoing) fleeting() bool { return x.class == piece || x.standing }

// outbox holds what is to be published, in order. It outlives connections: what
// one of them could not deliver is put back for the next.
type outbox struct {
	mu      sync.Mutex // protects what follows
	items   []*outgoing
	count   [final + 1]int
	bytes   int // of the finals
	taken   int // handed out and not yet done or put back
	online  bool
	changed chan struct{} // closed and replaced at each change
}

func newOutbox() *outbox { return &outbox{changed: make(chan struct{})} }

// put adds x and reports whether there was room. Pieces and notices make room
// themselves, at the cost of the oldest; while the broker is away nothing fleeting
// is kept at all.
func (o *outbox) put(x *outgoing) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.online && x.fleeting() {
		return false
	}
	switch x.class {
	case piece:
		if o.count[piece] >= maxPieces {
			o.dropOldest(piece)
		}
	case notice:
		if o.count[notice] >= maxNotices {
			o.dropOldest(notice)
		}
	case final:
		if o.count[final] >= maxFinals || o.bytes+len(x.payload) > maxFinalBytes {
			return false
		}
	}
	o.items = append(o.items, x)
	o.add(x, 1)
	o.wake()
	return true
}

func (o *outbox) dropOldest(c class) {
	i := slices.IndexFunc(o.items, func(x *outgoing) bool { return x.class == c })
	o.add(o.items[i], -1)
	o.items = slices.Delete(o.items, i, i+1)
}

func (o *outbox) add(x *outgoing, n int) {
	o.count[x.class] += n
	if x.class == final {
		o.bytes += n * len(x.payload)
	}
}

// take waits for the oldest message. The caller says what became of it with done
// or putBack.
func (o *outbox) take(ctx context.Context) (*outgoing, error) {
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		o.mu.Lock()
		if len(o.items) > 0 {
			x := o.items[0]
			o.items = slices.Delete(o.items, 0, 1)
			o.add(x, -1)
			o.taken++
			o.mu.Unlock()
			return x, nil
		}
		changed := o.changed
		o.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// done says that the broker has x.
func (o *outbox) done(x *outgoing) {
	if x.sent != nil {
		x.sent()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken--
	o.wake()
}

// putBack returns, in order, what a lost connection leaves open and is not fleeting.
func (o *outbox) putBack(items []*outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken -= len(items)
	items = slices.DeleteFunc(items, (*outgoing).fleeting)
	for _, x := range items {
		o.add(x, 1)
	}
	o.items = slices.Concat(items, o.items)
	o.wake()
}

// setOnline says whether what is fleeting has a chance to be seen; without one it
// is dropped.
func (o *outbox) setOnline(online bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.online = online
	if online {
		return
	}
	o.items = slices.DeleteFunc(o.items, func(x *outgoing) bool {
		if x.fleeting() {
			o.add(x, -1)
		}
		return x.fleeting()
	})
	o.wake()
}

// flush waits until everything was published.
func (o *outbox) flush(ctx context.Context) error {
	for {
		o.mu.Lock()
		empty, changed := len(o.items) == 0 && o.taken == 0, o.changed
		o.mu.Unlock()
		if empty {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (o *outbox) wake() {
	close(o.changed)
	o.changed = make(chan struct{})
}
