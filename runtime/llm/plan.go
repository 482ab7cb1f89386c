package llm

import (
	"fmt"
	"strings"

	"llamad/runtime/mmap"
	"llamad/runtime/model"
	"llamad/runtime/quant"
)

const (
	defaultContext    = 2048
	defaultMinContext = 512
	contextStep       = 64 // a context is shrunk to a multiple of this

	// maxSlots bounds the kept sessions: a household has a few rooms.
	maxSlots = 8

	// heapBase is Go's own runtime with the MQTT client, the queue and the
	// template engine; heapPerToken is a vocabulary entry's text, its place in
	// the look-up table and its merge.
	heapBase     = 12 << 20
	heapPerToken = 160
)

// Plan is the memory of an open model, added up before it is opened, in bytes.
type Plan struct {
	Weights int64 // the mapped file; the page cache's, but wanted in memory
	KV      int64 // of one session
	Slots   int   // sessions whose KV state is kept: one running, the others for reuse
	Scratch int64 // buffers of the forward pass
	Heap    int64 // Go heap: tokenizer, norms, the rest of the process
	Budget  int64

	Context    int // positions of each session
	Wanted     int // positions asked for, or the default
	MinContext int // a default context is not shrunk below this
	Largest    int // the largest context that would fit; 0 is none
	perWeight  float64
	parameters int64
}

// Total is everything, with the KV state of all slots.
func (p Plan) Total() int64 { return p.Weights + int64(p.Slots)*p.KV + p.Scratch + p.Heap }

// String is the table of the numbers.
func (p Plan) String() string {
	var b strings.Builder
	line := func(name string, bytes int64, note string) {
		fmt.Fprintf(&b, "  %-24s %8.1f MB  %s\n", name, float64(bytes)/1e6, note)
	}
	line("weights, mapped", p.Weights, "")
	line("KV cache", int64(p.Slots)*p.KV, fmt.Sprintf("%d x %d positions", p.Slots, p.Context))
	line("scratch", p.Scratch, "")
	line("Go heap", p.Heap, "")
	line("total", p.Total(), "")
	line("budget", p.Budget, "memory.budget")
	return strings.TrimSuffix(b.String(), "\n")
}

// cure says what would fit instead.
func (p Plan) cure() string {
	if p.Largest > 0 {
		return fmt.Sprintf("the largest context that fits is %d", p.Largest)
	}
	room := p.Budget - (p.Total() - p.Weights)
	for _, t := range []quant.Type{quant.Q8_0, quant.Q6_K, quant.Q5_K, quant.Q4_K, quant.Q4_0, quant.Q3_K, quant.Q2_K} {
		f, _ := quant.Lookup(t)
		perWeight := float64(f.BlockBytes) / float64(f.BlockLen)
		if perWeight < p.perWeight && int64(perWeight*float64(p.parameters)) < room {
			return fmt.Sprintf("a %s file of this model (about %.0f MB) would fit", f.Name, perWeight*float64(p.parameters)/1e6)
		}
	}
	return "no smaller format of this model would fit: choose a smaller model or raise memory.budget"
}

// makePlan decides on the context and on how many sessions are kept. A default
// context is shrunk until it fits; an explicit one never is.
func makePlan(m *model.Model, state model.Options, fileSize int64, vocabulary int, o Options) (Plan, error) {
	p := Plan{Weights: fileSize, Slots: 1, Budget: o.Budget, MinContext: o.MinContext,
		Heap: heapBase + heapPerToken*int64(vocabulary), parameters: m.Parameters,
		perWeight: float64(fileSize) / float64(m.Parameters)}
	if p.Budget == 0 {
		p.Budget = available() / 4 * 3
	}
	if p.MinContext == 0 {
		p.MinContext = defaultMinContext
	}
	p.Wanted = o.Context
	if p.Wanted == 0 {
		p.Wanted = min(m.Context, defaultContext)
	}
	size := func(context int) {
		p.Context = context
		var kv, scratch mmap.Arena
		model.NewCache(&m.Config, state.KV, context, &kv)
		state.Context = context
		model.NewState(m, state, &scratch)
		p.KV, p.Scratch = int64(kv.Size()), int64(scratch.Size())
	}
	fits := func(context int) bool { size(context); return p.Total() <= p.Budget }

	for context := p.Wanted; context > 0 && p.Largest == 0; context = (context - 1) / contextStep * contextStep {
		if fits(context) {
			p.Largest = context
		}
	}
	least := min(p.MinContext, p.Wanted)
	if o.Context != 0 {
		least = o.Context
	}
	if p.Largest < least {
		size(least)
		return p, &BudgetError{p}
	}
	size(p.Largest)
	for p.Slots < maxSlots && p.Total()+p.KV <= p.Budget {
		p.Slots++
	}
	return p, nil
}
