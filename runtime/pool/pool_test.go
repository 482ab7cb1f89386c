package pool

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestRunCallsEveryWorkerOnce(t *testing.T) {
	for _, size := range []int{1, 2, 3, 5} {
		p := New(size)
		for _, n := range []int{0, 1, 2, 3, 5, 9} {
			want := max(min(n, size), 1)
			calls := make([]atomic.Int32, size)
			err := p.Run(n, func(i, workers int) {
				if workers != want {
					t.Errorf("pool of %d, Run(%d): workers = %d, want %d", size, n, workers, want)
				}
				calls[i].Add(1)
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range calls {
				if got := calls[i].Load(); (got == 1) != (i < want) {
					t.Errorf("pool of %d, Run(%d): worker %d was called %d times", size, n, i, got)
				}
			}
		}
		p.Close()
	}
}

// The hammer: forks of changing widths with gaps around the time a worker spins
// and tasks around the time a caller does, on too few processors, so that every
// order of parking and waking comes up.
func TestHammer(t *testing.T) {
	for _, processors := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			p := New(4)
			defer p.Close()
			var sum atomic.Int64
			var want int64
			for i := range 3000 {
				n := 1 + i%4
				want += int64(n)
				err := p.Run(n, func(worker, _ int) {
					if (i+worker)%5 == 0 {
						time.Sleep(time.Duration(i%11) * 10 * time.Microsecond)
					}
					sum.Add(1)
				})
				if err != nil {
					t.Fatal(err)
				}
				if sum.Load() != want {
					t.Fatalf("after fork %d: %d calls, want %d", i, sum.Load(), want)
				}
				if i%50 == 0 {
					time.Sleep(time.Duration(i%7) * 30 * time.Microsecond)
				}
			}
		})
	}
}

// A worker that is woken for a fork it has done already, by a caller that was
// interrupted in the middle of waking, does not do it again.
func TestLateWakeIsNoFork(t *testing.T) {
	p := New(2)
	defer p.Close()
	w := p.workers[0]
	parked := func() {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); !w.parked.Load(); runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatal("the worker does not park")
			}
		}
	}
	var calls atomic.Int32
	task := func(worker, _ int) { calls.Add(int32(worker)) }
	for want := int32(1); want <= 20; want++ {
		if err := p.Run(2, task); err != nil {
			t.Fatal(err)
		}
		parked()
		if w.parked.Swap(false) { // what fork does
			w.wake <- struct{}{}
		}
		parked()
		if got := calls.Load(); got != want {
			t.Fatalf("the worker was called %d times for %d forks", got, want)
		}
	}
}

func TestPanicIsReturnedAndThePoolGoesOn(t *testing.T) {
	p := New(3)
	defer p.Close()
	for bad := range 3 {
		err := p.Run(3, func(i, _ int) {
			if i == bad {
				panic(fmt.Sprintf("worker %d", i))
			}
		})
		var failure *PanicError
		if !errors.As(err, &failure) || failure.Value != fmt.Sprintf("worker %d", bad) {
			t.Errorf("panic in worker %d: Run returned %v", bad, err)
		}
	}
	if err := p.Run(3, func(int, int) {}); err != nil {
		t.Errorf("after the panics: %v", err)
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	p := New(2)
	defer p.Close()
	task := func(int, int) {}
	if n := testing.AllocsPerRun(1000, func() { _ = p.Run(2, task) }); n != 0 {
		t.Errorf("Run allocates %v times", n)
	}
}

func TestCloseEndsTheWorkers(t *testing.T) {
	before := runtime.NumGoroutine()
	p := New(4)
	p.Close()
	// A worker that has said goodbye still counts until its thread is gone.
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := New(n)
			defer p.Close()
			task := func(int, int) {}
			for b.Loop() {
				_ = p.Run(n, task)
			}
		})
	}
}
