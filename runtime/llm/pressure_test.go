package llm

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/memory"
)

// pressed is a model on a machine whose room a test sets, and how often it was
// asked for.
type pressed struct {
	t *testing.T
	*Model
	free  int64
	asked int
}

// press opens a model with room for three KV caches of 256 positions.
func press(t *testing.T) *pressed {
	t.Helper()
	path := writeShape(t, &tinyShape, "Q8_0")
	all := inspect(t, path, Options{Budget: 1 << 40})
	m := &pressed{t: t, Model: open(t, path, Options{Budget: all.Total() - int64(all.Slots-3)*all.KV})}
	if m.plan.Slots != 3 || m.plan.Context != 256 {
		t.Fatalf("the plan has %d caches of %d positions", m.plan.Slots, m.plan.Context)
	}
	m.free = 1 << 40
	m.room = func() memory.Room {
		m.asked++
		return memory.Room{Bytes: m.free, From: "MemAvailable"}
	}
	return m
}

// ask prompts with that many tokens, the same first letter being the same prompt.
// What memory is newly taken is gone afterwards.
func (m *pressed) ask(letter string, prompt, answer int) error {
	m.t.Helper()
	return m.askIn("", letter, prompt, answer)
}

// askIn does so in a conversation.
func (m *pressed) askIn(key, letter string, prompt, answer int) error {
	m.t.Helper()
	text := strings.Repeat(letter, prompt-4) // a token each, behind BOS and the three bytes of a space
	ids := encode(m.t, m.Model, Prompt{Raw: true, Text: text})
	if len(ids) != prompt {
		m.t.Fatalf("%d tokens, want %d", len(ids), prompt)
	}
	before := m.taken()
	_, _, err := generate(m.t, m.Model, context.Background(), key, ids, greedy(answer))
	m.free -= m.taken() - before
	return err
}

// taken is what has been taken of KV caches and scratch.
func (m *pressed) taken() int64 {
	n := m.plan.Scratch * int64(m.rows) / batchRows
	for _, s := range m.slots {
		n += m.kvBytes(s.touched)
	}
	return n
}

// touched is how much of each cache is taken, the one used last at the end.
func (m *pressed) touched() (positions []int) {
	slots := slices.Clone(m.slots)
	slices.SortFunc(slots, func(a, b *slot) int { return int(a.used) - int(b.used) })
	for _, s := range slots {
		positions = append(positions, s.touched)
	}
	return positions
}

func (m *pressed) expect(what string, err error, touched ...int) {
	m.t.Helper()
	if err != nil || !slices.Equal(m.touched(), touched) {
		m.t.Errorf("%s: %v; positions taken %d, want %d", what, err, m.touched(), touched)
	}
}

func TestPressure(t *testing.T) {
	m := press(t)
	whole := m.plan.KV
	m.expect("plenty", m.ask("a", 200, 40), 239) // the last token of an answer is not computed
	m.expect("plenty", m.ask("b", 100, 20), 239, 119)

	m.free = m.kvBytes(80) - 1
	m.expect("no room for a new cache: another is used again", m.ask("c", 70, 10), 239, 119)
	m.free = m.kvBytes(80)
	m.expect("room for a new one", m.ask("d", 70, 10), 239, 119, 79)

	// The last one is to grow from 79 to 256.
	m.free = m.kvBytes(100)
	m.expect("another is given up, the one unused for longest", m.ask("d", 200, 0), 119, 255)
	m.free = m.kvBytes(1) / 2
	asked := m.asked
	m.expect("nothing new is taken", m.ask("d", 150, 50), 119, 255)
	if m.asked != asked {
		t.Error("the machine was asked for nothing")
	}

	m = press(t)
	m.expect("plenty", m.ask("a", 20, 5), 24)
	m.free = whole / 2
	err := m.ask("b", 200, 56)
	var short *PressureError
	if !errors.As(err, &short) || short.Room.From != "MemAvailable" || short.Need <= short.Room.Bytes {
		t.Fatalf("no room and nothing to give up: %v", err)
	}
	if message := err.Error(); !strings.Contains(message, "MB are available (MemAvailable)") || strings.Contains(message, "\n") {
		t.Errorf("%q", message)
	}
	m.expect("a prompt that is smaller goes", m.ask("c", 20, 5), 24, 24)
	m.free = 1 << 40
	if err := m.ask("b", 200, 56); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

// The cache that holds the beginning of a prompt is given up last, and then the
// prompt is computed anew.
func TestPressureOnTheSource(t *testing.T) {
	m := press(t)
	m.expect("plenty", m.ask("a", 200, 40), 239)
	m.expect("plenty", m.askIn("kitchen", "b", 20, 5), 239, 24)
	m.free = m.kvBytes(50)
	m.expect("the kitchen asks what somebody else asked before", m.askIn("kitchen", "a", 200, 40), 239)
}

// While there is another to give up, it is kept, though it be the oldest.
func TestPressureSparesTheSource(t *testing.T) {
	m := press(t)
	m.expect("plenty", m.ask("a", 200, 40), 239)
	m.expect("plenty", m.ask("b", 200, 40), 239, 239)
	m.expect("plenty", m.askIn("kitchen", "c", 20, 5), 239, 239, 24)
	m.free = m.kvBytes(50)
	m.expect("the kitchen asks what somebody else asked first", m.askIn("kitchen", "a", 210, 30), 239, 239)
	if first := m.slots[0]; first.used != 1 {
		t.Errorf("the cache that held the beginning was given up")
	}
}

// Scratch is taken with the first long prompt and counts as well.
func TestPressureOfScratch(t *testing.T) {
	m := press(t)
	m.free = m.kvBytes(140) + m.plan.Scratch - 1
	if err := m.ask("a", 130, 10); !errors.As(err, new(*PressureError)) {
		t.Errorf("without room for the scratch: %v", err)
	}
	m.free++
	if err := m.ask("a", 130, 10); err != nil {
		t.Errorf("with room for it: %v", err)
	}
	if m.free > m.kvBytes(1) {
		t.Errorf("%d bytes are left, want none", m.free)
	}
}
