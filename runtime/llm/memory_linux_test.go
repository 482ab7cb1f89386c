package llm

import (
	"context"
	"errors"
	"strings"
	"testing"

	"llamad/runtime/memory"
)

// prepared opens a model on a machine with that much room.
func prepared(t *testing.T, path string, room int64, o Options) *Model {
	t.Helper()
	m := newModel(path, o)
	t.Cleanup(func() { m.Close() })
	m.room = func() memory.Room { return memory.Room{Bytes: room, From: "MemAvailable"} }
	if err := errors.Join(m.examine(context.Background(), o), m.prepare(o)); err != nil {
		t.Fatal(err)
	}
	return m
}

// Weights are locked where there is room for them and the system lets us, and
// otherwise it is said once that they are not.
func TestLock(t *testing.T) {
	path := writeShape(t, &tinyShape, "Q8_0")
	locked := func() int64 { return memory.Host().Process().Locked }
	before := locked()
	m := prepared(t, path, 1<<40, Options{Budget: 1 << 40, Lock: true})
	warned := strings.Contains(strings.Join(m.Info().Warnings, "\n"), "memory.lock: the weights stay unlocked and may be evicted: mlock of ")
	if is := locked()-before >= m.file.Size(); is == warned {
		t.Errorf("locked %v, %d bytes; warned %v", is, locked()-before, warned)
	}
	if err := m.Close(); err != nil || locked() != before {
		t.Errorf("%d bytes are locked after the end, %d before: %v", locked(), before, err)
	}
}

// A budget that somebody set may be more than there is.
func TestBudgetBeyondWhatIsThere(t *testing.T) {
	path := writeShape(t, &tinyShape, "Q8_0")
	before := memory.Host().Process().Locked
	m := prepared(t, path, 1<<20, Options{Budget: 1 << 40, Lock: true})
	if got := memory.Host().Process().Locked; got != before {
		t.Errorf("%d bytes more are locked, on a machine that has no room for them", got-before)
	}
	all := strings.Join(m.Info().Warnings, "\n")
	for _, want := range []string{"1 MB are available now (MemAvailable): weights will be read from the disk again and again", "memory.lock: the weights stay unlocked and may be evicted: there is no room for them"} {
		if !strings.Contains(all, want) {
			t.Errorf("the warnings lack %q:\n%s", want, all)
		}
	}
}
