package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	DefaultLimit = 8
	MaxLimit     = 16
)

// ErrClosed is what a closed queue says to everything.
var ErrClosed = errors.New("queue: closed")

// FullError is a refusal for want of room.
type FullError struct {
	Waiting    int
	RetryAfter time.Duration // a place should be free by then; whole seconds, at least one
}

func (e *FullError) Error() string { return fmt.Sprintf("queue is full (%d waiting)", e.Waiting) }

// Options of a queue; the zero value is sane.
type Options struct {
	Limit int              // how many may wait, 1 to MaxLimit; 0 is DefaultLimit
	Now   func() time.Time // nil is time.Now
}

// Queue is safe for use by many goroutines. One of them serves: it calls Next
// and then Done.
type Queue[T any] struct {
	now func() time.Time

	mu      sync.Mutex // protects what follows
	line    line[T]
	expired []T // left the line because of their deadline, not yet handed out
	pace    pace
	closed  bool
	changed chan struct{} // closed and replaced at each change that may wake somebody
}

// New makes an empty queue.
func New[T any](o Options) *Queue[T] {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Queue[T]{
		now:     o.Now,
		line:    line[T]{limit: min(o.Limit, MaxLimit)},
		changed: make(chan struct{}),
	}
}

// Put adds item or refuses it with a *FullError or ErrClosed. Whatever had to
// give way for it is handed back, to be refused by the caller with what Full says.
func (q *Queue[T]) Put(item Item[T]) (displaced []T, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, ErrClosed
	}
	q.expire()
	out, ok := q.line.put(item)
	if !ok {
		return nil, q.full()
	}
	q.wake()
	return values(out), nil
}

// Full is the refusal as it would be worded now.
func (q *Queue[T]) Full() *FullError {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.full()
}

func (q *Queue[T]) full() *FullError {
	return &FullError{Waiting: q.line.size, RetryAfter: q.pace.retryAfter(q.now())}
}

// Next waits for an item whose turn it is and whose deadline has not passed. The
// caller serves it and then calls Done.
func (q *Queue[T]) Next(ctx context.Context) (T, error) {
	for {
		q.mu.Lock()
		q.expire()
		item, ok := q.line.next()
		if ok {
			q.pace.begin(q.now())
			q.mu.Unlock()
			return item.Value, nil
		}
		closed, changed := q.closed, q.changed
		q.mu.Unlock()
		if closed {
			return item.Value, ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return item.Value, ctx.Err()
		}
	}
}

// Done says that what Next gave is served.
func (q *Queue[T]) Done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pace.end(q.now())
}

// Expired waits until the deadline of something in the queue passes and takes it
// out.
func (q *Queue[T]) Expired(ctx context.Context) ([]T, error) {
	for {
		q.mu.Lock()
		q.expire()
		out, next := q.expired, q.line.deadline()
		q.expired = nil
		closed, changed, now := q.closed, q.changed, q.now()
		q.mu.Unlock()
		if len(out) > 0 {
			return out, nil
		}
		if closed {
			return nil, ErrClosed
		}
		if err := pause(ctx, changed, next, now); err != nil {
			return nil, err
		}
	}
}

// pause waits for a change, or for the time next where that is not zero.
func pause(ctx context.Context, changed <-chan struct{}, next, now time.Time) error {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(next.Sub(now))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-changed:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// Remove takes out every item that matches.
func (q *Queue[T]) Remove(match func(T) bool) []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	return values(q.line.remove(func(i Item[T]) bool { return match(i.Value) }))
}

// Waiting lists the items in the order in which they will be served, as things
// stand.
func (q *Queue[T]) Waiting() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	return values(q.line.order())
}

// Len is how many items wait.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.line.size
}

// Close refuses everything from now on and hands back what waited.
func (q *Queue[T]) Close() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := append(q.expired, values(q.line.order())...)
	q.expired, q.line.turns, q.line.size = nil, nil, 0
	q.closed = true
	q.wake()
	return out
}

// expire moves what is late from the line to where Expired finds it.
func (q *Queue[T]) expire() {
	now := q.now()
	if first := q.line.deadline(); first.IsZero() || first.After(now) {
		return
	}
	late := q.line.remove(func(i Item[T]) bool { return i.late(now) })
	q.expired = append(q.expired, values(late)...)
	q.wake()
}

func (q *Queue[T]) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

func values[T any](items []Item[T]) []T {
	var out []T
	for _, i := range items {
		out = append(out, i.Value)
	}
	return out
}
