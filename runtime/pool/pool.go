// Package pool runs one function on several cores at once and waits for all of
// them: fork-join over workers that stay on their own OS threads.
//
// A forward pass forks and joins a few times a layer, so a join must cost
// microseconds: workers that have just been busy spin for a short while before
// they park, and a pool that is not used takes no CPU at all.
package pool

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// spin is how long a worker looks for new work, and the caller for the end of
// it, before parking: longer than the gaps inside and between tokens, which are
// sampling and a system call or two, and shorter than anybody notices.
const spin = 500 * time.Microsecond

// Pool is a set of workers. Its methods are called from one goroutine at a time.
type Pool struct {
	workers []*worker
	done    sync.WaitGroup

	task    func(worker, workers int) // set before the fork that runs it
	current atomic.Uint64             // the latest fork
	pending atomic.Uint32             // workers that have not joined it yet, and waiting
	joined  chan struct{}             // wakes the caller of Run; one send by the worker that leaves waiting alone

	failure atomic.Pointer[PanicError]
}

// waiting, beside the count of pending workers, says that the caller of Run has
// parked. Both are one word: a worker that is slow to look after its last count
// would otherwise take the next fork's caller for its own.
const waiting = 1 << 16

// A fork is one number, so that a worker never sees half of the next one: how
// many came before, and how many workers take part.
type fork uint64

// closing, as a number of workers, ends them all.
const closing = 0xffff

func (f fork) next(workers int) fork { return (f>>16+1)<<16 | fork(workers) }
func (f fork) workers() int          { return int(f & 0xffff) }

type worker struct {
	index  int
	parked atomic.Bool
	wake   chan struct{} // one send for each parked that the caller takes back
}

// PanicError is a panic of the task in one worker. A fault on mapped memory is
// one of those: each worker has debug.SetPanicOnFault on.
type PanicError struct {
	Value any // what was recovered
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("pool: a worker panicked: %v", e.Value) }

// New starts a pool of n workers, the caller of Run being one of them. Each of
// the others is pinned to a core of its own as far as the system allows.
func New(n int) *Pool {
	p := &Pool{joined: make(chan struct{}, 1)}
	for i := 1; i < n; i++ {
		w := &worker{index: i, wake: make(chan struct{}, 1)}
		p.workers = append(p.workers, w)
		p.done.Add(1)
		go p.serve(w)
	}
	return p
}

// Size is the largest number of workers Run can use.
func (p *Pool) Size() int { return len(p.workers) + 1 }

// Close ends the workers and waits for them.
func (p *Pool) Close() {
	p.fork(closing)
	p.done.Wait()
}

// Run calls task(i, n) for every i below n, task(0, n) on the calling goroutine,
// and returns when all calls have. n beyond Size counts as Size. A panic in any
// of them is returned as a *PanicError after all have ended.
func (p *Pool) Run(n int, task func(worker, workers int)) error {
	n = max(min(n, p.Size()), 1)
	p.task = task
	if n > 1 {
		p.pending.Store(uint32(n - 1))
		p.fork(n)
	}
	p.call(0, n)
	if n > 1 {
		p.join()
	}
	if failure := p.failure.Swap(nil); failure != nil {
		return failure
	}
	return nil
}

// fork shows the workers the next fork and wakes those of it that have parked.
func (p *Pool) fork(n int) {
	p.current.Store(uint64(fork(p.current.Load()).next(n)))
	for _, w := range p.workers[:min(n-1, len(p.workers))] {
		if w.parked.Swap(false) {
			w.wake <- struct{}{}
		}
	}
}

func (p *Pool) join() {
	if spinUntil(spin, func() bool { return p.pending.Load() == 0 }) {
		return
	}
	if p.pending.Or(waiting) == 0 {
		return // the last one ended before it could see us waiting
	}
	<-p.joined
}

func (p *Pool) serve(w *worker) {
	defer p.done.Done()
	runtime.LockOSThread() // never unlocked: the pinned thread ends with the worker
	pin(w.index)
	awake := spin
	for last := fork(0); ; {
		last = p.next(w, last, awake)
		n := last.workers()
		if n == closing {
			return
		}
		if w.index >= n {
			awake = 0 // others work: a worker that is left out parks at once
			continue
		}
		awake = spin
		p.call(w.index, n)
		if p.pending.Add(^uint32(0)) == waiting {
			p.joined <- struct{}{}
		}
	}
}

// next waits for a fork after the last one: a while awake, then parked.
//
// A caller that is interrupted between showing a fork and looking who has parked
// finds a worker parked that has done its share already, and wakes it: so being
// woken is no proof of a new fork.
func (p *Pool) next(w *worker, last fork, awake time.Duration) (f fork) {
	if spinUntil(awake, func() bool { f = fork(p.current.Load()); return f != last }) {
		return f
	}
	for {
		w.parked.Store(true)
		if f := fork(p.current.Load()); f != last && w.parked.Swap(false) {
			return f // the fork came before it could see us parked
		}
		<-w.wake
		if f := fork(p.current.Load()); f != last {
			return f
		}
	}
}

func (p *Pool) call(i, n int) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		if v := recover(); v != nil {
			p.failure.CompareAndSwap(nil, &PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	p.task(i, n)
}
