package main

import (
	"context"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

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
	board   board
	started time.Time
	news    chan struct{} // holds one when there is something new
	present presence

	mu        sync.Mutex // protects what follows
	perSecond float64    // tokens, of the last answer
}

func newHealth(d *daemon, sys fs.FS) *health {
	return &health{d: d, board: board{sys}, started: time.Now(), news: make(chan struct{}, 1)}
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
	for {
		h.d.mqtt.SetHealth(h.read())
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

// notePresence keeps a record of the connection, for the next start.
func (h *health) notePresence() {
	if !h.d.mqtt.Connected() {
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
		Temperature:     h.board.temperature(),
		Throttled:       h.board.throttled(),
	}
	if m, open := h.d.model.memory(); open {
		report.Memory = mqtt.Memory{Anonymous: m.Anonymous, Model: m.Resident, KV: m.KV, Budget: m.Budget}
	}
	return report
}

// board reads what the machine knows about itself, below /sys.
type board struct{ sys fs.FS }

// temperature is that of the processor in °C, nil where nobody measures it.
func (b board) temperature() *float64 {
	zones, _ := fs.Glob(b.sys, "class/thermal/thermal_zone*")
	for _, zone := range zones {
		kind, ok := b.text(zone + "/type")
		if !ok || !strings.Contains(kind, "cpu") && !strings.Contains(kind, "soc") && kind != "x86_pkg_temp" {
			continue
		}
		milli, ok := b.text(zone + "/temp")
		if n, err := strconv.Atoi(milli); ok && err == nil {
			degrees := math.Round(float64(n)/100) / 10
			return &degrees
		}
	}
	return nil
}

// Bits of the Raspberry Pi firmware's get_throttled: what holds the processor
// back now. Those from 16 up say what did since the start.
const throttledNow = 1<<0 | 1<<1 | 1<<2 | 1<<3 // low voltage, capped, throttled, soft temperature limit

// throttled says whether heat or a weak power supply slows the board down, nil
// where it cannot tell.
func (b board) throttled() *bool {
	files, _ := fs.Glob(b.sys, "devices/platform/soc*/*firmware/get_throttled") // the Pi 5 has another soc
	for _, file := range files {
		text, _ := b.text(file)
		if bits, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 32); err == nil {
			now := bits&throttledNow != 0
			return &now
		}
	}
	return nil
}

func (b board) text(file string) (string, bool) {
	content, err := fs.ReadFile(b.sys, file)
	return strings.TrimSpace(string(content)), err == nil
}
