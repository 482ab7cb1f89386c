package queue

import "time"

const (
	firstGuess = 30 * time.Second // to serve one item, before any was measured
	paceWeight = 0.3              // of the newest measurement in the mean
)

// pace measures how long serving takes.
type pace struct {
	mean    time.Duration // moving mean, 0 before the first measurement
	started time.Time     // of what is being served, zero when nothing is
}

func (p *pace) begin(now time.Time) { p.started = now }

func (p *pace) end(now time.Time) {
	if p.started.IsZero() {
		return
	}
	took := now.Sub(p.started)
	p.started = time.Time{}
	if p.mean == 0 {
		p.mean = took
		return
	}
	p.mean += time.Duration(paceWeight * float64(took-p.mean))
}

// retryAfter is how long it should take until the next place is free, which is
// when what is being served is done.
func (p *pace) retryAfter(now time.Time) time.Duration {
	left := p.mean
	if left == 0 {
		left = firstGuess
	}
	if !p.started.IsZero() {
		left -= now.Sub(p.started)
	}
	return max(left.Round(time.Second), time.Second)
}
