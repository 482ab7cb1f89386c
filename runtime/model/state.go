package model

import (
	"sync/atomic"

	"llamad/runtime/kernel"
	"llamad/runtime/pool"
	"llamad/runtime/quant"
)

// Options say how a State computes.
type Options struct {
	Kernel         *kernel.Set
	Batch          int // most rows of one Forward
	Context        int // most positions of a cache
	KV             *CacheFormat
	ThreadsPrefill int // workers for more than one row
	ThreadsDecode  int // workers for one row
}

// State is everything a forward pass needs beside the weights and the caches:
// the scratch of one batch. Once made it allocates nothing.
type State struct {
	Options
	model *Model
	pool  *pool.Pool

	// The batch and the layer at hand.
	rows       []row
	layer      *Layer
	layerIndex int
	wanted     []int        // rows of the batch that the output step computes
	unit       atomic.Int32 // next piece of attention to be taken by a worker

	// Every buffer has room for whole tiles of rows.
	x    []float32 // (batch, dim) the residual stream
	o    []float32 // (batch, dim) what the last block adds to it
	h    []float32 // (batch, dim) normalized x
	q    []float32 // (batch, heads * head dim)
	k, v []float32 // (batch, kv heads * head dim)
	a    []float32 // (batch, heads * head dim) attention's output
	g, u []float32 // (batch, hidden) gate and up
	rope []float32 // (batch, rope dims) cosines and sines
	y    []float32 // (a tile, vocab) logits

	in         activations // of h, for Q, K, V, gate and up
	attention  activations // of a, for the attention's output matrix
	hidden     activations // of g, for down
	last       activations // of h, the rows whose logits are wanted
	workspaces []workspace

	steps    steps
	progress atomic.Uint64
}

// workspace is the scratch of one worker.
type workspace struct {
	panel  *kernel.Panel
	panelQ []int8
	panelF []float32

	// Attention of a block of rows; see attendBlock.
	scores []float32   // (block rows, positions)
	mixed  []float32   // (block rows, head dim)
	packed []float32   // queries, then scores, in tiles
	rows   []quant.Row // (block rows)

	// For a cache in blocks only.
	kv      quant.Row // (kv heads * head dim) on the way into it
	kvQ     []int8
	kvF     []float32
	widened []uint16 // (stretchQ8, head dim) on the way out
	tiles   kernel.Tiles
}

// NewState asks memory for the scratch of a batch. The State is used after
// memory has handed it out and Start was called.
func NewState(m *Model, o Options, memory Memory) *State {
	s := &State{Options: o, model: m}
	c := &m.Config
	rows := s.Kernel.TileCount(o.Batch) * s.Kernel.TileRows
	for _, b := range []struct {
		dst  *[]float32
		cols int
	}{
		{&s.x, c.Dim}, {&s.o, c.Dim}, {&s.h, c.Dim},
		{&s.q, c.QDim()}, {&s.k, c.KVDim()}, {&s.v, c.KVDim()}, {&s.a, c.QDim()},
		{&s.g, c.Hidden}, {&s.u, c.Hidden}, {&s.rope, c.Rope.Dims},
	} {
		memory.Float32s(b.dst, rows*b.cols)
	}
	memory.Float32s(&s.y, s.Kernel.TileRows*c.Vocab)

	s.in.ask(m, s.Kernel, o.Batch, c.Dim, memory)
	s.attention.ask(m, s.Kernel, o.Batch, c.QDim(), memory)
	s.hidden.ask(m, s.Kernel, o.Batch, c.Hidden, memory)
	s.last.ask(m, s.Kernel, s.Kernel.TileRows, c.Dim, memory)

	s.workspaces = make([]workspace, max(o.ThreadsPrefill, o.ThreadsDecode))
	q, f := s.Kernel.PanelSize()
	block := s.blockRows() * (c.Heads / c.KVHeads)
	block = s.Kernel.TileCount(block) * s.Kernel.TileRows
	for i := range s.workspaces {
		w := &s.workspaces[i]
		memory.Int8s(&w.panelQ, q)
		memory.Float32s(&w.panelF, f)
		memory.Float32s(&w.scores, block*o.Context)
		memory.Float32s(&w.packed, block*max(o.Context, c.HeadDim))
		memory.Float32s(&w.mixed, block*c.HeadDim)
		w.rows = make([]quant.Row, block)
		if o.KV.block > 1 {
			memory.Int8s(&w.kvQ, c.KVDim())
			memory.Float32s(&w.kvF, quant.RowFloats(c.KVDim()))
			memory.Uint16s(&w.widened, stretchQ8*c.HeadDim)
		}
	}
	s.rows = make([]row, 0, o.Batch)
	s.wanted = make([]int, 0, o.Batch)
	return s
}

// Start makes the State ready once its memory is there.
func (s *State) Start(p *pool.Pool) {
	s.pool = p
	for _, a := range []*activations{&s.in, &s.attention, &s.hidden, &s.last} {
		a.lay()
	}
	for i := range s.workspaces {
		w := &s.workspaces[i]
		w.panel = s.Kernel.NewPanel(w.panelQ, w.panelF)
		if s.KV.block > 1 {
			w.kv = quant.RowOver(w.kvQ, w.kvF, s.model.KVDim())
		}
	}
	s.makeSteps()
}

// Progress grows with every layer of every batch: evidence that a long prefill
// is alive.
func (s *State) Progress() uint64 { return s.progress.Load() }
