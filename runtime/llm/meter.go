package llm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"llamad/runtime/model"
)

// Meter times a model: prompts and answers of random tokens, always from an
// empty KV cache, without a sampler. Sessions wait until it is closed.
type Meter struct {
	model   *Model
	session *Session
	slot    *slot
	random  *rand.Rand
	batch   []int32
	span    [1]model.Span
}

// Meter waits until no session is open. It takes the KV cache that was unused
// for longest, if the plan has no more.
func (m *Model) Meter() (*Meter, error) {
	session, err := m.Session("")
	if err != nil {
		return nil, err
	}
	t := &Meter{model: m, session: session, random: rand.New(rand.NewPCG(1, 1)), batch: make([]int32, 0, batchRows)}
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.slot, err = m.freeSlot(nil, func() bool { return true }); err != nil {
		session.Close()
		return nil, err
	}
	t.slot.key, t.slot.tokens = "", t.slot.tokens[:0]
	return t, nil
}

// Close lets sessions in again. It is safe to call twice.
func (t *Meter) Close() error {
	if t.session.closed {
		return nil
	}
	s := t.model.state
	s.ThreadsPrefill, s.ThreadsDecode = t.model.threadsPrefill, int(t.model.threadsDecode.Load())
	return t.session.Close()
}

// Prefill times a prompt of n tokens on that many threads. progress is told, if
// it is not nil, how many tokens are done.
func (t *Meter) Prefill(ctx context.Context, n, threads int, progress func(done int)) (time.Duration, error) {
	if err := t.check(n, threads); err != nil {
		return 0, err
	}
	t.model.state.ThreadsPrefill = threads
	start := time.Now()
	for at := 0; at < n; {
		rows, wanted := min(batchRows, n-at), model.None
		if at+rows == n {
			wanted = model.Last
		}
		if err := t.forward(ctx, at, rows, wanted); err != nil {
			return 0, err
		}
		if at += rows; progress != nil {
			progress(at)
		}
	}
	return time.Since(start), nil
}

// Decode times an answer of n tokens, one at a time, on that many threads.
func (t *Meter) Decode(ctx context.Context, n, threads int, progress func(done int)) (time.Duration, error) {
	if err := t.check(n, threads); err != nil {
		return 0, err
	}
	t.model.state.ThreadsDecode = threads
	start := time.Now()
	for at := range n {
		if err := t.forward(ctx, at, 1, model.Last); err != nil {
			return 0, err
		}
		if progress != nil {
			progress(at + 1)
		}
	}
	return time.Since(start), nil
}

// DecodeThreads finds the number of threads that decode is fastest with, at most
// as many as the model was opened with. It decodes some dozen tokens with each.
func (t *Meter) DecodeThreads(ctx context.Context) (int, error) {
	r := newRace(t.model.pool.Size())
	for at := 0; !r.over(); at++ {
		t.model.state.ThreadsDecode = r.threads()
		start := time.Now()
		if err := t.forward(ctx, at%t.model.plan.Context, 1, model.Last); err != nil {
			return 0, err
		}
		r.took(time.Since(start))
	}
	return r.threads(), nil
}

func (t *Meter) check(n, threads int) error {
	if n > t.model.plan.Context {
		return fmt.Errorf("llm: %d tokens to time: the model was opened with a context of %d", n, t.model.plan.Context)
	}
	if threads < 1 || threads > t.model.pool.Size() {
		return fmt.Errorf("llm: %d threads to time: the model was opened with %d", threads, t.model.pool.Size())
	}
	return nil
}

// forward computes n random tokens from a position on.
func (t *Meter) forward(ctx context.Context, position, n int, wanted model.Wanted) error {
	t.batch = t.batch[:0]
	for range n {
		t.batch = append(t.batch, t.random.Int32N(int32(t.model.model.Vocab)))
	}
	t.span[0] = model.Span{Cache: t.slot.cache, Position: position, Tokens: t.batch, Logits: wanted}
	return asModelError(t.model.state.Forward(ctx.Err, t.span[:], dropLogits))
}

func dropLogits(int, []float32) error { return nil }
