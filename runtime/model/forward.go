package model

import "fmt"

// Span is a stretch of tokens at successive positions of one cache. The cache
// holds the positions before it.
type Span struct {
	Cache    *Cache
	Position int
	Tokens   []int32
	Logits   Wanted
	Hidden   Range // of positions before Position
}

// Range is the positions from From up to To, without To. Positions that are
// hidden from a span are not seen by it and not counted in the turning of its
// queries and keys: alternatives lie behind one prompt side by side, each of
// which follows the prompt directly.
type Range struct{ From, To int }

func (r Range) len() int { return r.To - r.From }

// Wanted says of which rows of a span the logits are computed.
type Wanted int

const (
	None Wanted = iota
	Last
	All
)

// row is one token of a batch.
type row struct {
	token    int32
	position int
	cache    *Cache
	rest     int // rows of its span from this one on
	hidden   Range
}

// step is a parallel part of a pass. byRow splits the work by rows and is over
// sooner than a fork where there is one; the others split the work of any batch.
type step struct {
	byRow bool
	do    func(worker, workers int)
}

// steps are the parts of a pass as values made once: a method value made per
// call would be an allocation per call.
type steps struct {
	embed, finish, output step
	layer                 []step
}

// makeSteps writes the pass down: one layer of "Attention Is All You Need" as
// LLaMA has it, normalized before, not after, each block.
func (s *State) makeSteps() {
	const byRow, whole = true, false
	s.steps.embed = step{byRow, s.embed} // x = embedding of the token
	s.steps.layer = []step{
		{byRow, s.attentionInput},   // x += o, h = norm(x)
		{whole, s.qkv},              // q, k, v = Wq h, Wk h, Wv h
		{byRow, s.rotate},           // q, k turned by position; k, v to the cache
		{whole, s.attend},           // a = softmax(q k / sqrt(d)) v
		{byRow, s.attentionOutput},  // a to int8
		{whole, s.project},          // o = Wo a
		{byRow, s.feedForwardInput}, // x += o, h = norm(x)
		{whole, s.gateUp},           // g = silu(Wgate h) * Wup h
		{byRow, s.hiddenInput},      // g to int8
		{whole, s.down},             // o = Wdown g
	}
	s.steps.finish = step{byRow, s.finish} // x += o, h = norm(x)
	s.steps.output = step{whole, s.output} // y = Wout h
}

// Forward runs the batch through the model: the spans' keys and values are in
// their caches afterwards. each is called with the logits, (vocab), of every row
// that is wanted, by its number in the batch; they are valid during the call.
//
// goOn is asked before each layer and each tile of logits; its error ends the pass.
// On any error the spans' positions hold nothing that may be used.
func (s *State) Forward(goOn func() error, batch []Span, each func(row int, logits []float32) error) error {
	if err := s.begin(batch); err != nil {
		return err
	}
	if err := s.run(&s.steps.embed); err != nil {
		return err
	}
	for i := range s.model.Layers {
		if err := goOn(); err != nil {
			return err
		}
		s.layer, s.layerIndex = &s.model.Layers[i], i
		for j := range s.steps.layer {
			if err := s.run(&s.steps.layer[j]); err != nil {
				return err
			}
		}
		s.progress.Add(1)
	}
	if err := s.run(&s.steps.finish); err != nil {
		return err
	}
	return s.forwardOutput(goOn, each)
}

// forwardOutput computes the logits of the wanted rows, a tile of them at a time.
func (s *State) forwardOutput(goOn func() error, each func(row int, logits []float32) error) error {
	wanted := s.wanted
	for len(wanted) > 0 {
		if err := goOn(); err != nil {
			return err
		}
		n := min(len(wanted), s.Kernel.TileRows)
		s.last.begin(n)
		for i, r := range wanted[:n] {
			s.last.quantize(i, s.h[r*s.model.Dim:])
		}
		s.last.pack(0)
		if err := s.run(&s.steps.output); err != nil {
			return err
		}
		for i, r := range wanted[:n] {
			if err := each(r, s.y[i*s.model.Vocab:(i+1)*s.model.Vocab]); err != nil {
				return err
			}
		}
		wanted = wanted[n:]
	}
	return nil
}

// begin lays the spans out as rows.
func (s *State) begin(batch []Span) error {
	s.rows, s.wanted = s.rows[:0], s.wanted[:0]
	for _, span := range batch {
		if len(s.rows)+len(span.Tokens) > s.Batch {
			return fmt.Errorf("model: a batch of more than %d rows", s.Batch)
		}
		if span.Position+len(span.Tokens) > min(span.Cache.Positions, s.Context) {
			return fmt.Errorf("model: position %d is beyond the cache of %d",
				span.Position+len(span.Tokens)-1, min(span.Cache.Positions, s.Context))
		}
		if h := span.Hidden; h.From < 0 || h.len() < 0 || h.To > span.Position {
			return fmt.Errorf("model: positions %d to %d cannot be hidden from position %d", h.From, h.To, span.Position)
		}
		for i, token := range span.Tokens {
			if token < 0 || int(token) >= s.model.Vocab {
				return fmt.Errorf("model: token %d is not in the vocabulary of %d", token, s.model.Vocab)
			}
			if span.Logits == All || span.Logits == Last && i == len(span.Tokens)-1 {
				s.wanted = append(s.wanted, len(s.rows))
			}
			s.rows = append(s.rows, row{token: token, position: span.Position + i, cache: span.Cache, rest: len(span.Tokens) - i, hidden: span.Hidden})
		}
	}
	for _, a := range [...]*activations{&s.in, &s.attention, &s.hidden} {
		a.begin(len(s.rows))
	}
	return nil
}

// run runs a step on as many workers as are of use.
func (s *State) run(step *step) error {
	s.unit.Store(0)
	threads := s.ThreadsPrefill
	if len(s.rows) == 1 {
		threads = s.ThreadsDecode
		if step.byRow {
			threads = 1
		}
	}
	return s.pool.Run(threads, step.do)
}
