package main

import (
	"context"
	"math"
	"runtime"
	"sync"
	"time"

	"llamad/board"
	"llamad/mqtt"
	"llamad/runtime/llm"
	"llamad/systemd"
)

const (
	healthEvery  = time.Minute // at the latest
	healthAtMost = time.Second // between two reports
)

// health reports figures about us: every minute, and soon after work began or
// ended.
type health struct {
	d       *daemon
	board   board.Board
	started time.Time
	news    chan struct{} // holds one when there is something new
	present presence

	mu        sync.Mutex // protects what follows
	perSecond float64    // tokens, of the last answer
}

func newHealth(d *daemon, b board.Board) *health {
	return &health{d: d, board: b, started: time.Now(), news: make(chan struct{}, 1)}
}

// changed asks for a report.
func (h *health) changed() {
	select {
	case h.news <- struct{}{}:
	default: // one is asked for already
	}
}

// answered notes the speed of an answer that was written token by token.
func (h *health) answered(r llm.Result) {
	if r.Scores == nil && r.Decode > 0 && r.CompletionTokens > 0 {
		h.mu.Lock()
		h.perSecond = float64(r.CompletionTokens) / r.Decode.Seconds()
		h.mu.Unlock()
	}
}

func (h *health) run(ctx context.Context) {
	defer func() {
		h.present.noted = time.Time{} // the last moment counts
		h.notePresence()
	}()
	for {
		report := h.read()
		h.d.mqtt.SetHealth(report)
		h.d.log.Debug("health", "busy", report.Busy, "queue", report.Queue, "goroutines", runtime.NumGoroutine())
		h.d.notify(systemd.Status(h.d.statusLine()))
		h.notePresence()
		select {
		case <-time.After(healthAtMost):
		case <-ctx.Done():
			return
		}
		select {
		case <-h.news:
		case <-time.After(healthEvery - healthAtMost):
		case <-ctx.Done():
			return
		}
	}
}

// notePresence keeps a record of the connection, for the next start. As long as
// prompts come in that waited for us, we are not quite back.
func (h *health) notePresence() {
	if !h.d.mqtt.CaughtUp() {
		return
	}
	if err := h.present.note(time.Now()); err != nil {
		h.d.log.Warn("it cannot be kept when we were connected: prompts that wait while we are away are answered however old they are", "err", err)
	}
}

func (h *health) read() mqtt.Health {
	h.mu.Lock()
	perSecond := h.perSecond
	h.mu.Unlock()
	report := mqtt.Health{
		Busy:            h.d.tickets.any(),
		UptimeS:         int64(time.Since(h.started).Seconds()),
		Queue:           h.d.queue.Len(),
		TokensPerSecond: math.Round(perSecond*100) / 100,
		Temperature:     h.board.Temperature(),
		Throttled:       h.board.HeldBack(),
	}
	if m, open := h.d.model.memory(); open {
		report.Memory = mqtt.Memory{Anonymous: m.Anonymous, Model: m.Resident, KV: m.KV, Budget: m.Budget}
	}
	return report
}
