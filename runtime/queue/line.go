package queue

import (
	"slices"
	"time"
)

// Item is a value that waits.
type Item[T any] struct {
	Value    T
	Client   string    // whose turn it takes, "" is a client too
	Deadline time.Time // pointless from then on; zero is never
}

func (i Item[T]) late(now time.Time) bool {
	return !i.Deadline.IsZero() && !i.Deadline.After(now)
}

// line is the state of a queue without clock or lock: a line for each client,
// the clients in the order of their turns.
type line[T any] struct {
	limit int
	turns []turn[T] // none is empty
	size  int
}

type turn[T any] struct {
	client string
	items  []Item[T] // oldest first
}

// put adds item, and when there is no room makes some at the cost of the client
// with the most places. It reports false when that would not be fairer.
func (l *line[T]) put(item Item[T]) (displaced []Item[T], ok bool) {
	if l.size >= l.limit {
		most := l.greediest()
		if most < 0 || l.count(item.Client)+1 >= len(l.turns[most].items) {
			return nil, false
		}
		displaced = append(displaced, l.removeAt(most, len(l.turns[most].items)-1))
	}
	i := l.index(item.Client)
	if i < 0 {
		l.turns = append(l.turns, turn[T]{client: item.Client})
		i = len(l.turns) - 1
	}
	l.turns[i].items = append(l.turns[i].items, item)
	l.size++
	return displaced, true
}

// next takes the oldest item of the client whose turn it is; the client goes to
// the end of the turns.
func (l *line[T]) next() (Item[T], bool) {
	if l.size == 0 {
		return Item[T]{}, false
	}
	first := l.turns[0]
	item := first.items[0]
	l.size--
	l.turns = slices.Delete(l.turns, 0, 1)
	if first.items = slices.Delete(first.items, 0, 1); len(first.items) > 0 {
		l.turns = append(l.turns, first)
	}
	return item, true
}

// remove takes out every item that matches.
func (l *line[T]) remove(match func(Item[T]) bool) (out []Item[T]) {
	for t := range l.turns {
		l.turns[t].items = slices.DeleteFunc(l.turns[t].items, func(i Item[T]) bool {
			if !match(i) {
				return false
			}
			out = append(out, i)
			return true
		})
	}
	l.turns = slices.DeleteFunc(l.turns, func(t turn[T]) bool { return len(t.items) == 0 })
	l.size -= len(out)
	return out
}

func (l *line[T]) removeAt(t, i int) Item[T] {
	item := l.turns[t].items[i]
	l.size--
	if l.turns[t].items = slices.Delete(l.turns[t].items, i, i+1); len(l.turns[t].items) == 0 {
		l.turns = slices.Delete(l.turns, t, t+1)
	}
	return item
}

// order lists what waits in the order in which next would give it.
func (l *line[T]) order() []Item[T] {
	out := make([]Item[T], 0, l.size)
	for round := 0; len(out) < l.size; round++ {
		for _, t := range l.turns {
			if round < len(t.items) {
				out = append(out, t.items[round])
			}
		}
	}
	return out
}

// deadline is the earliest one, zero when there is none.
func (l *line[T]) deadline() (first time.Time) {
	for _, t := range l.turns {
		for _, item := range t.items {
			if !item.Deadline.IsZero() && (first.IsZero() || item.Deadline.Before(first)) {
				first = item.Deadline
			}
		}
	}
	return first
}

func (l *line[T]) index(client string) int {
	return slices.IndexFunc(l.turns, func(t turn[T]) bool { return t.client == client })
}

func (l *line[T]) count(client string) int {
	if i := l.index(client); i >= 0 {
		return len(l.turns[i].items)
	}
	return 0
}

// greediest is the client with the most places, of several the one whose turn
// is furthest away.
func (l *line[T]) greediest() int {
	most := -1
	for i, t := range l.turns {
		if most < 0 || len(t.items) >= len(l.turns[most].items) {
			most = i
		}
	}
	return most
}
