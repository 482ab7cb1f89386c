package llm

import (
	"math"
	"slices"
	"time"
)

// What a race goes by.
const (
	turnTokens = 4    // tokens of a turn
	fewRounds  = 2    // from the end of this round on, those left behind are given up
	allRounds  = 8    // and at the end of this one all but the winner: 32 tokens each
	leftBehind = 1.25 // times the fastest
	tie        = 1.03 // times the fastest: as fast, and then fewer threads win, for they take less power
)

// race finds the number of threads that decode is fastest with by timing the
// tokens of real answers. The numbers take turns, so that a growing context slows
// all of them alike, and are judged by their medians, which a page fault or
// another process does not move.
type race struct {
	runners []runner // those still in it, fewest threads first
	turn    int      // whose it is
	round   int      // how many have ended
}

type runner struct {
	threads int
	times   []time.Duration // of its tokens
	median  time.Duration
}

// newRace lets 1 to most threads run.
func newRace(most int) *race {
	r := &race{runners: make([]runner, most)}
	for i := range r.runners {
		r.runners[i] = runner{threads: i + 1, times: make([]time.Duration, 0, allRounds*turnTokens)}
	}
	return r
}

// threads is how many compute the next token; after the race, the winner.
func (r *race) threads() int { return r.runners[r.turn].threads }

// over says whether there is a winner.
func (r *race) over() bool { return len(r.runners) == 1 }

// took says how long the token took.
func (r *race) took(d time.Duration) {
	runner := &r.runners[r.turn]
	runner.times = append(runner.times, d)
	if len(runner.times)%turnTokens == 0 {
		r.turn++
	}
	if r.turn == len(r.runners) {
		r.turn = 0
		r.round++
		r.judge()
	}
}

// judge ends a round.
func (r *race) judge() {
	if r.round < fewRounds {
		return
	}
	fastest := time.Duration(math.MaxInt64)
	for i := range r.runners {
		runner := &r.runners[i]
		slices.Sort(runner.times)
		runner.median = runner.times[len(runner.times)/2]
		fastest = min(fastest, runner.median)
	}
	within := func(r runner, times float64) bool { return float64(r.median) <= float64(fastest)*times }
	r.runners = slices.DeleteFunc(r.runners, func(r runner) bool { return !within(r, leftBehind) })
	if r.round >= allRounds {
		winner := slices.IndexFunc(r.runners, func(r runner) bool { return within(r, tie) })
		r.runners = r.runners[winner : winner+1]
	}
}
