package llm

import (
	"runtime"
	"time"

	"llamad/runtime/kernel"
)

// threads are the workers for prefill and decode. Prefill computes, and takes
// every core. Decode reads memory: two Cortex-A76 draw all that a Pi 5's can
// give, and four get in each other's way.
func threads(o Options, set *kernel.Set) (prefill, decode int) {
	cores := runtime.GOMAXPROCS(0)
	prefill, decode = cores, cores
	if set.Name == "dotprod" && cores > 2 {
		decode = 2
	}
	if o.ThreadsPrefill > 0 {
		prefill = min(o.ThreadsPrefill, cores)
	}
	if known := o.knownThreads(set); known > 0 {
		decode = known
	}
	if o.ThreadsDecode > 0 {
		decode = min(o.ThreadsDecode, cores)
	}
	return prefill, decode
}

// knownThreads is what was measured before, 0 where nothing was or where it
// makes no sense here.
func (o *Options) knownThreads(set *kernel.Set) int {
	if o.KnownThreads == nil {
		return 0
	}
	if n := o.KnownThreads(set.Name); n >= 1 && n <= runtime.GOMAXPROCS(0) {
		return n
	}
	return 0
}

// setThreads takes over what threads chose, and lets numbers of threads race
// where somebody wants to know the fastest.
func (m *Model) setThreads(o Options) {
	m.threadsPrefill = m.options.ThreadsPrefill
	m.threadsDecode.Store(int32(m.options.ThreadsDecode))
	if o.ThreadsDecode == 0 && o.OnThreads != nil && o.knownThreads(m.kernel) == 0 && m.pool.Size() > 1 {
		m.race, m.onThreads = newRace(m.pool.Size()), o.OnThreads
	}
}

// startToken begins the decoding of a token, with the threads whose turn it is
// while they race.
func (m *Model) startToken() time.Time {
	if m.race != nil {
		m.state.ThreadsDecode = m.race.threads()
	}
	return time.Now()
}

// endToken ends what startToken began, and perhaps the race.
func (m *Model) endToken(start time.Time) {
	if m.race == nil {
		return
	}
	if m.race.took(time.Since(start)); !m.race.over() {
		return
	}
	n := m.race.threads()
	m.race = nil
	m.state.ThreadsDecode = n
	m.threadsDecode.Store(int32(n))
	m.log.Info("number of decode threads measured", "model", m.name, "threads", n)
	m.onThreads(m.kernel.Name, n)
}
