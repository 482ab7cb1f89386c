package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"llamad/mqtt"
)

var errShuttingDown = errors.New("llamad is shutting down")

// tickets hold the right of every accepted prompt to be computed, from its way
// into the queue to its reply, so that it can be taken away at any moment.
type tickets struct {
	mu   sync.Mutex
	open map[*mqtt.Request]ticket
}

type ticket struct {
	ctx    context.Context // ends with the deadline, a cancel, or our shutdown
	cancel context.CancelFunc
}

// issue gives req a ticket that ends with base at the latest.
func (t *tickets) issue(req *mqtt.Request, base context.Context) {
	ctx, cancel := context.WithDeadline(base, req.Deadline)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		t.open = map[*mqtt.Request]ticket{}
	}
	t.open[req] = ticket{ctx, cancel}
}

// of is the context to compute req in.
func (t *tickets) of(req *mqtt.Request) context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open[req].ctx
}

// any says whether a prompt waits or is computed.
func (t *tickets) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open) > 0
}

// cancel takes the tickets away.
func (t *tickets) cancel(match func(*mqtt.Request) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for req, ticket := range t.open {
		if match(req) {
			ticket.cancel()
		}
	}
}

// settle says that req has its reply.
func (t *tickets) settle(req *mqtt.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ticket, ok := t.open[req]; ok {
		ticket.cancel()
		delete(t.open, req)
	}
}

// running is the prompt that is computed now.
type running struct {
	mu      sync.Mutex
	req     *mqtt.Request // nil when nothing is computed
	since   time.Time
	session session // nil until there is one
	steps   uint64  // prompts begun, the evidence where a session has none yet
}

func (r *running) begin(req *mqtt.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.req, r.since, r.session = req, time.Now(), nil
	r.steps++
}

func (r *running) computing(s session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.session = s
}

func (r *running) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.req, r.session = nil, nil
}

func (r *running) is(req *mqtt.Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.req == req
}

func (r *running) busy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.req != nil
}

func (r *running) began() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.since
}

// evidence is what the watchdog goes by: is there work, and does it go forward?
func (r *running) evidence() (done uint64, busy bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.session != nil {
		done = r.session.Progress()
	}
	return done + r.steps, r.req != nil
}
