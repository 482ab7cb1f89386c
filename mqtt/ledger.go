package mqtt

import (
	"crypto/sha256"
	"slices"
	"sync"
	"time"
)

const (
	maxRemembered      = 256
	maxRememberedBytes = 2 << 20
	maxRememberedAge   = 10 * time.Minute
)

// ledger knows every prompt from its arrival until its answer is forgotten, so
// that each is answered once however often the broker hands it over.
//
// A prompt is known by its topic and id. One whose id was made here has only its
// topic and payload, and then only a message marked DUP is taken for a repeat:
// asking the same thing twice is not repeating.
type ledger struct {
	now func() time.Time

	mu       sync.Mutex // protects what follows
	open     []*entry   // waiting, running, or with an answer the broker does not have yet; oldest first
	answered []*entry   // what is remembered, oldest first
	bytes    int        // of the remembered answers
}

// entry is one prompt.
type entry struct {
	topic, id string
	made      bool // the id was made here
	digest    digest
	newest    *Message      // the copy that is acknowledged once the answer is out
	answer    *outgoing     // set once it is remembered
	since     time.Time     // when it was remembered
	settled   chan struct{} // closed when it was acknowledged
}

// digest tells two prompts apart without keeping them.
type digest [sha256.Size]byte

func digestOf(topic string, payload []byte) digest {
	return sha256.Sum256(slices.Concat([]byte(topic), []byte{0}, payload))
}

// verdict is what a message turns out to be.
type verdict int

const (
	fresh    verdict = iota // a prompt not known
	repeat                  // another copy of one that is not answered yet; nothing is to be done
	replay                  // one that was answered: the answer is to be sent again
	conflict                // another prompt with the id of one that is not answered yet
)

// admit finds out what r is and, when it is fresh, gives it an entry.
func (l *ledger) admit(r *Request) (verdict, *entry) {
	d := digestOf(r.message.Topic, r.message.Payload)
	v, e, stale := l.look(r, d)
	stale.acknowledge() // not under the lock: it waits for the connection's writer
	return v, e
}

func (l *ledger) look(r *Request, d digest) (verdict, *entry, *Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()

	m := r.message
	same := func(e *entry) bool {
		if r.made {
			return m.Dup && e.made && e.digest == d && e.newest.connection < m.connection
		}
		return !e.made && e.id == r.ID && e.topic == m.Topic
	}
	if i := slices.IndexFunc(l.open, same); i >= 0 {
		e := l.open[i]
		if e.digest != d {
			return conflict, nil, nil
		}
		stale := e.newest
		e.newest = m
		return repeat, e, stale
	}
	if i := slices.IndexFunc(l.answered, same); i >= 0 {
		e := l.answered[i]
		if e.digest == d {
			e.newest = m.spent()
			return replay, e, nil
		}
		l.forgetAt(i) // the id is used anew
	}
	e := &entry{topic: m.Topic, id: r.ID, made: r.made, digest: d, newest: m, settled: make(chan struct{})}
	l.open = append(l.open, e)
	return fresh, e, nil
}

// settle closes e, whose reply the broker has now. With remember it is kept for
// copies to come; a refusal is not, so that a second try is one. The newest copy
// is acknowledged.
func (l *ledger) settle(e *entry, reply *outgoing, remember bool) {
	l.close(e, reply, remember).acknowledge()
	close(e.settled)
}

func (l *ledger) close(e *entry, reply *outgoing, remember bool) *Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = slices.DeleteFunc(l.open, func(o *entry) bool { return o == e })
	newest := e.newest
	if remember && len(reply.payload) <= maxRememberedBytes {
		e.answer, e.since = reply, l.now()
		e.newest = newest.spent()
		l.answered = append(l.answered, e)
		l.bytes += len(reply.payload)
		l.forget()
	}
	return newest
}

// abandon forgets e without acknowledging it.
func (l *ledger) abandon(e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = slices.DeleteFunc(l.open, func(o *entry) bool { return o == e })
}

// forget drops answers that are too old or too many.
func (l *ledger) forget() {
	for len(l.answered) > 0 && (len(l.answered) > maxRemembered ||
		l.bytes > maxRememberedBytes ||
		l.now().Sub(l.answered[0].since) >= maxRememberedAge) {
		l.forgetAt(0)
	}
}

func (l *ledger) forgetAt(i int) {
	l.bytes -= len(l.answered[i].answer.payload)
	l.answered = slices.Delete(l.answered, i, i+1)
}

// again is the reply of e as it is sent for another copy, which is acknowledged
// once the broker has it.
func (e *entry) again(copy *Message) *outgoing {
	out := *e.answer
	out.again = true
	out.sent = copy.acknowledge
	return &out
}
