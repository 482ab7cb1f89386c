package mqtt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// drain takes everything and gives back the payloads.
func drain(o *outbox) string {
	var out []string
	for {
		o.mu.Lock()
		empty := len(o.items) == 0
		o.mu.Unlock()
		if empty {
			return strings.Join(out, " ")
		}
		x, err := o.take(context.Background())
		if err != nil {
			return err.Error()
		}
		out = append(out, string(x.wire()))
		o.done(x)
	}
}

func text(c class, payload string) *outgoing { return &outgoing{class: c, payload: []byte(payload)} }

func TestOutboxKeepsOrder(t *testing.T) {
	o := newOutbox()
	o.setOnline(true)
	for i, c := range []class{piece, final, notice, piece} {
		o.put(text(c, fmt.Sprint(i)))
	}
	if got := drain(o); got != "0 1 2 3" {
		t.Errorf("got %q", got)
	}
}

// With the broker away, pieces go first and answers last.
func TestOutboxWithoutBroker(t *testing.T) {
	o := newOutbox()
	o.setOnline(true)
	o.put(text(piece, "part"))
	o.put(text(final, "answer"))
	o.setOnline(false)
	if o.put(text(piece, "part")) {
		t.Error("a piece was taken while the broker is away")
	}
	for i := range maxNotices + 3 {
		if !o.put(text(notice, fmt.Sprint("n", i))) {
			t.Fatal("a notice was refused")
		}
	}
	got := drain(o)
	if !strings.HasPrefix(got, "answer n3 n4 ") || strings.Count(got, " ") != maxNotices {
		t.Errorf("kept %q", got)
	}
}

func TestOutboxIsBounded(t *testing.T) {
	o := newOutbox()
	o.setOnline(true)
	for i := range maxPieces + 2 {
		o.put(text(piece, fmt.Sprint(i)))
	}
	if got := drain(o); !strings.HasPrefix(got, "2 3 ") {
		t.Errorf("of too many pieces it kept %q", got)
	}
	for range maxFinals {
		if !o.put(text(final, "x")) {
			t.Fatal("an answer was refused before the limit")
		}
	}
	if o.put(text(final, "x")) {
		t.Error("one answer too many was taken")
	}
	drain(o)
	o.put(text(final, strings.Repeat("x", maxFinalBytes)))
	if o.put(text(final, "x")) {
		t.Error("the limit of bytes does not hold")
	}
}

// What a connection leaves open comes first on the next one, and answers are
// marked, since they may have arrived.
func TestOutboxPutBack(t *testing.T) {
	o := newOutbox()
	o.setOnline(true)
	for _, x := range []*outgoing{text(final, `{"a":1}`), text(final, "bare text"), text(piece, "part"), text(notice, `{"n":1}`), text(final, `{"b":1}`)} {
		o.put(x)
	}
	var open []*outgoing
	for range 4 {
		x, err := o.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		x.again = true
		open = append(open, x)
	}
	o.putBack(open)
	if got, want := drain(o), `{"a":1,"replayed":true} bare text {"n":1} {"b":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOutboxTakeAndFlushWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		go func() {
			x, err := o.take(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			time.Sleep(time.Second) // until the PUBACK
			o.done(x)
		}()
		synctest.Wait()
		sent := false
		x := text(final, "answer")
		x.sent = func() { sent = true }
		o.put(x)
		if err := o.flush(t.Context()); err != nil || !sent {
			t.Errorf("flush: %v, sent %v", err, sent)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		o.put(text(final, "never taken"))
		if err := o.flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("flush of what nobody takes: %v", err)
		}
	})
}

// What stands on a topic is published anew by each connection, and an older one
// must not come behind it.
func TestOutboxDropsWhatStands(t *testing.T) {
	o := newOutbox()
	o.setOnline(true)
	info := func(s string) *outgoing {
		x := text(notice, s)
		x.standing = true
		return x
	}
	o.put(info("taken"))
	taken, err := o.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o.put(info("waiting"))
	o.put(text(final, "answer"))
	o.setOnline(false)
	if o.put(info("late")) {
		t.Error("one was kept while the broker is away")
	}
	o.putBack([]*outgoing{taken})
	if got := drain(o); got != "answer" || o.count != [final + 1]int{} {
		t.Errorf("kept %q, counts %v", got, o.count)
	}
}

// A context that ended stops the taking even of what is there.
func TestOutboxTakeAfterTheEnd(t *testing.T) {
	o := newOutbox()
	o.put(text(final, "answer"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if x, err := o.take(ctx); err == nil {
		t.Errorf("took %s", x.payload)
	}
}
