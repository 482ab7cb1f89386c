package llm

import (
	"fmt"
	"sort"
	"strings"

	"llamad/runtime/memory"
	"llamad/runtime/mmap"
	"llamad/runtime/model"
)

const (
	defaultContext    = 2048
	defaultMinContext = 512
	contextStep       = 64 // a context is shrunk to a multiple of this

	// maxSlots bounds the kept sessions: a household has a few rooms.
	maxSlots = 8
)

// Plan is the memory of an open model, added up before any of it is taken, in
// bytes. Mapped files and Anonymous are what a process has come to once every
// context has been full; Total adds what is held back for bursts.
type Plan struct {
	Weights  int64 // the mapped model; the page cache's, but wanted in memory
	Program  int64 // the mapped executable, likewise
	KV       int64 // of one session
	Slots    int   // sessions whose KV state is kept: one running, the others for reuse
	Scratch  int64 // buffers of the forward pass
	Heap     int64 // Go's heap and runtime: tokenizer, template, norms, a process that waits
	Headroom int64 // of Go's heap, held back for bursts: Options.Headroom
	Budget   int64

	Context    int    // positions of each session
	Format     string // of the KV cache, "f16" or "q8_0"
	Wanted     int    // positions asked for, or the default
	MinContext int    // a default context is not shrunk below this
	Largest    int    // the largest context that would fit, of those the model was trained for; 0 is none

	// Files is what this model would be in other formats, the largest first.
	Files []Alternative

	smallerKV bool // it does not fit, and would with a KV cache in q8_0
}

// Anonymous is what no file backs: the system cannot drop it and read it again.
func (p *Plan) Anonymous() int64 { return int64(p.Slots)*p.KV + p.Scratch + p.Heap }

// Total is everything, with the KV state of all slots.
func (p *Plan) Total() int64 { return p.Weights + p.Program + p.Anonymous() + p.Headroom }

// Fits says whether the plan keeps to its budget. One that does not is a
// *BudgetError to Open.
func (p *Plan) Fits() bool { return p.Total() <= p.Budget }

// String is the table of the numbers.
func (p *Plan) String() string {
	return strings.Join([]string{
		PlanLine("weights, mapped", p.Weights, ""),
		PlanLine("program, mapped", p.Program, ""),
		PlanLine("KV cache", int64(p.Slots)*p.KV, fmt.Sprintf("%d x %d positions, %s", p.Slots, p.Context, p.Format)),
		PlanLine("scratch", p.Scratch, ""),
		PlanLine("Go heap", p.Heap, ""),
		PlanLine("held back", p.Headroom, "for bursts"),
		PlanLine("total", p.Total(), ""),
		PlanLine("budget", p.Budget, "memory.budget"),
	}, "\n")
}

// PlanLine is a line of that table.
func PlanLine(name string, bytes int64, note string) string {
	return strings.TrimRight(fmt.Sprintf("  %-24s %8.1f MB  %s", name, float64(bytes)/1e6, note), " ")
}

// Cure says what would fit instead of a plan that does not.
func (p *Plan) Cure() string {
	if p.smallerKV {
		return `it would fit with memory.kv = "q8_0"`
	}
	if p.Largest > 0 {
		return fmt.Sprintf("the largest context that fits is %d: set memory.context to it", p.Largest)
	}
	for _, f := range p.Files {
		if f.Context > 0 {
			return fmt.Sprintf("a %s file of this model (about %.0f MB) would fit, with a context of %d", f.Format, float64(f.Weights)/1e6, f.Context)
		}
	}
	return "no smaller format of this model would fit: choose a smaller model or raise memory.budget"
}

// planner knows what the parts of a plan cost.
type planner struct {
	model *model.Model
	state model.Options
	plan  Plan
	least int           // the smallest context that will do
	costs map[int]int64 // by context: contexts are asked for again and again
}

// makePlan decides how to compute, on the context and on how many sessions are
// kept. A default context is shrunk until it fits; an explicit one never is. A
// plan that does not fit says what the smallest context would have taken.
func (m *Model) makePlan(o Options) (err error) {
	state := model.Options{Kernel: m.kernel, Batch: batchRows}
	state.ThreadsPrefill, state.ThreadsDecode = threads(o, m.kernel)
	if state.KV, err = model.KVFormat(&m.model.Config, o.KV); err != nil {
		return err
	}
	p := &planner{model: m.model, state: state, costs: map[int]int64{}, plan: Plan{
		Weights: m.file.Size(), Program: memory.Host().Program(), Slots: 1, Heap: m.heap(), Headroom: o.Headroom,
		Budget: o.Budget, Format: state.KV.Name, Wanted: o.Context, MinContext: o.MinContext,
	}}
	p.decide(o.Context > 0, m.alternatives())
	state.Context = p.plan.Context
	m.plan, m.options = p.plan, state
	return nil
}

// decide completes the plan.
func (p *planner) decide(explicit bool, files []Alternative) {
	plan := &p.plan
	if plan.Budget == 0 {
		plan.Budget = Available().Bytes / 4 * 3
	}
	if plan.MinContext == 0 {
		plan.MinContext = defaultMinContext
	}
	p.least = plan.Wanted
	if !explicit {
		plan.Wanted = min(p.model.Context, defaultContext)
		p.least = min(plan.MinContext, plan.Wanted)
	}

	plan.Largest = p.largest(plan.Weights)
	plan.Files = files
	for i := range plan.Files {
		f := &plan.Files[i]
		f.Context = p.context(p.largest(f.Weights))
	}
	plan.Context = p.context(plan.Largest)
	if plan.Context == 0 {
		plan.smallerKV = p.smallerKV()
		plan.Context = p.least
	}
	plan.KV, plan.Scratch = p.cost(plan.Context)
	for plan.Slots < maxSlots && plan.Total()+plan.KV <= plan.Budget {
		plan.Slots++
	}
}

// context is what is taken where that much fits; 0 is that it will not do.
func (p *planner) context(largest int) int {
	if largest < p.least {
		return 0
	}
	return min(largest, p.plan.Wanted)
}

// cost is what a context takes, for one session.
func (p *planner) cost(context int) (kv, scratch int64) {
	var cache, buffers mmap.Arena
	model.NewCache(&p.model.Config, p.state.KV, context, &cache)
	state := p.state
	state.Context = context
	model.NewState(p.model, state, &buffers)
	return int64(cache.Size()), int64(buffers.Size())
}

// largest is the largest context that fits beside that many bytes of weights: a
// multiple of contextStep, or one of those that somebody means.
func (p *planner) largest(weights int64) int {
	room := p.plan.Budget - weights - p.plan.Program - p.plan.Heap - p.plan.Headroom
	fits := func(context int) bool {
		if _, known := p.costs[context]; !known {
			kv, scratch := p.cost(context)
			p.costs[context] = kv + scratch
		}
		return p.costs[context] <= room
	}
	most := max(p.model.Context, p.plan.Wanted)
	largest := contextStep * sort.Search(most/contextStep, func(i int) bool { return !fits(contextStep * (i + 1)) })
	for _, context := range []int{p.least, p.plan.Wanted, most} {
		if context > largest && fits(context) {
			largest = context
		}
	}
	return largest
}

// smallerKV says whether a KV cache of half the size would do.
func (p *planner) smallerKV() bool {
	small, err := model.KVFormat(&p.model.Config, "q8_0")
	if err != nil || small == p.state.KV {
		return false
	}
	other := *p
	other.state.KV, other.costs = small, map[int]int64{}
	return other.context(other.largest(p.plan.Weights)) > 0
}
