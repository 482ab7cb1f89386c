package llm

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"llamad/runtime/mmap"
	"llamad/runtime/model"
	"llamad/runtime/sample"
	"llamad/runtime/tokenizer"
)

// Session is the right to compute with the model, from Session to Close.
type Session struct {
	model  *Model
	key    string
	result Result
	closed bool
}

// Session waits until no other session is open. key names a conversation whose
// KV state is kept for its next prompt; "" is none.
func (m *Model) Session(key string) (*Session, error) {
	m.running.Lock()
	if m.pool == nil {
		m.running.Unlock()
		return nil, errors.New("llm: the model is closed")
	}
	return &Session{model: m, key: key}, nil
}

// Close lets the next session in. It is safe to call twice.
func (s *Session) Close() error {
	if !s.closed {
		s.closed = true
		s.model.running.Unlock()
	}
	return nil
}

// Result is what the last Generate came to, complete once its loop has ended.
func (s *Session) Result() Result { return s.result }

// Progress grows while a generation makes headway, with each layer of each
// batch, from whatever goroutine it is asked.
func (s *Session) Progress() uint64 { return s.model.state.Progress() }

// fileCheck is how often a running generation looks whether its file was
// changed under it.
const fileCheck = 250 * time.Millisecond

// Generate yields the answer to ids in pieces of whole UTF-8. It ends by itself;
// an error is the last thing it yields. A context that is done ends it too, with
// the text so far and the finish reason FinishDeadline or FinishCancelled.
//
// Errors are *ContextError, *PressureError and *ModelError.
func (s *Session) Generate(ctx context.Context, ids []tokenizer.ID, o GenerateOptions) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		g := &generation{Model: s.model, Context: ctx, options: o, ids: ids, checked: time.Now()}
		err := g.run(s.key, yield)
		s.result = g.finish()
		if err != nil {
			yield("", err)
		}
	}
}

// generation is one answer while it is being made.
type generation struct {
	*Model
	context.Context
	options GenerateOptions
	ids     []tokenizer.ID

	slot     *slot
	behind   func(logits []float32) error // gets what follows the prompt
	sampler  *sample.Sampler
	decoder  *tokenizer.Decoder
	stopper  *stopper
	logprobs *recorder // nil unless asked for

	sampleNext func(row int, logits []float32) error // g.sample, made once
	goOn       func() error                          // g.unbroken, made once

	batch []int32 // tokens as the model takes them
	span  [1]model.Span

	text    []byte
	result  Result
	next    tokenizer.ID // sampled, not yet computed
	one     [1]tokenizer.ID
	checked time.Time // when the file was last looked at
}

// errStopped ends the loop from inside: the consumer wants no more.
var errStopped = errors.New("stopped")

// run is the life of an answer: prefill, then a token a turn.
func (g *generation) run(key string, yield func(string, error) bool) error {
	if err := g.begin(key); err != nil {
		return err
	}
	start := time.Now()
	err := g.prefill()
	g.result.Prefill = time.Since(start)
	if err != nil {
		return g.ended(err)
	}
	start = time.Now()
	defer func() { g.result.Decode = time.Since(start) }()
	limit := g.plan.Context - len(g.ids)
	if g.options.MaxTokens > 0 {
		limit = min(limit, g.options.MaxTokens)
	}
	for g.result.CompletionTokens < limit {
		if g.tokens.IsEOG(g.next) {
			g.result.FinishReason = FinishStop
			break
		}
		g.result.CompletionTokens++
		show, stopped := g.stopper.push(g.decoder.Push(g.next))
		if err := g.show(show, yield); err != nil {
			return g.ended(err)
		}
		if stopped {
			g.result.FinishReason = FinishStop
			return nil
		}
		if g.result.CompletionTokens == limit {
			break // its successor is not wanted
		}
		if err := g.decode(); err != nil {
			return g.ended(err)
		}
	}
	if g.result.FinishReason == "" {
		g.result.FinishReason = FinishLength
	}
	rest, stopped := g.stopper.push(g.decoder.Flush())
	if !stopped {
		rest += g.stopper.flush()
	}
	return g.ended(g.show(rest, yield))
}

// begin checks what can be checked before anything is computed.
func (g *generation) begin(key string) (err error) {
	o := &g.options
	if err := g.enter(key, 1, o.MaxTokens); err != nil {
		return err
	}
	g.result.Seed = rand.Uint64()
	if o.Seed != nil {
		g.result.Seed = *o.Seed
	}
	g.sampler = sample.New(sample.Params{Temperature: o.Temperature, TopK: o.TopK, TopP: o.TopP, MinP: o.MinP,
		RepeatPenalty: o.RepeatPenalty, Seed: g.result.Seed}, g.model.Vocab)
	g.sampleNext = func(_ int, logits []float32) error { return g.sample(logits) }
	g.decoder = g.tokens.NewDecoder(false)
	g.stopper = newStopper(o.Stop)
	g.behind = g.sample
	if o.Logprobs > 0 {
		g.logprobs = newRecorder(g.tokens, o.Logprobs, g.ids, o.Echo)
		if o.Echo { // then every token of the prompt is computed
			g.forget()
		}
	}
	return nil
}

// enter finds the slot to compute in, which has room for at least that many
// tokens behind the prompt. There may come to be up to most, 0 being as many as
// the context has room for.
func (g *generation) enter(key string, room, most int) (err error) {
	if len(g.ids) == 0 {
		return errors.New("the prompt is empty: give it at least one token")
	}
	if len(g.ids)+room > g.plan.Context {
		return &ContextError{Prompt: len(g.ids) + room - 1, Context: g.plan.Context}
	}
	if err := g.checkFile(); err != nil {
		return err
	}
	g.result.PromptTokens = len(g.ids)
	positions := g.plan.Context
	if most > 0 {
		positions = min(positions, len(g.ids)+most)
	}
	if g.slot, g.result.CachedTokens, err = g.claim(key, g.ids, positions); err != nil {
		return err
	}
	// The last token is computed in any case, for what follows it.
	g.result.CachedTokens = min(g.result.CachedTokens, len(g.ids)-1)
	g.slot.tokens = g.slot.tokens[:g.result.CachedTokens]
	return nil
}

// forget has all of the prompt computed, whatever the slot holds of it.
func (g *generation) forget() {
	g.result.CachedTokens = 0
	g.slot.tokens = g.slot.tokens[:0]
}

// prefill computes the prompt in batches, up to what follows it.
func (g *generation) prefill() error {
	g.progress()
	for len(g.slot.tokens) < len(g.ids) {
		at := len(g.slot.tokens)
		end := min(at+batchRows, len(g.ids))
		wanted := model.None
		switch {
		case g.logprobs != nil && g.options.Echo:
			wanted = model.All
		case end == len(g.ids):
			wanted = model.Last
		}
		err := g.forward(g.ids[at:end], wanted, func(row int, logits []float32) error {
			if g.logprobs != nil && at+row+1 < len(g.ids) {
				g.logprobs.add(logits, g.ids[at+row+1])
			}
			if at+row == len(g.ids)-1 {
				return g.behind(logits)
			}
			return nil
		})
		if err != nil {
			return err
		}
		g.progress()
	}
	return nil
}

func (g *generation) progress() {
	if g.options.OnPrefill != nil {
		g.options.OnPrefill(len(g.slot.tokens), len(g.ids))
	}
}

// decode computes the sampled token and samples its successor.
func (g *generation) decode() error {
	g.one[0] = g.next
	start := g.startToken()
	err := g.forward(g.one[:], model.Last, g.sampleNext)
	if err == nil {
		g.endToken(start)
	}
	return err
}

func (g *generation) sample(logits []float32) error {
	if g.logprobs != nil {
		g.logprobs.predict(logits)
	}
	id, err := g.sampler.Sample(logits)
	if err != nil {
		return &ModelError{fmt.Errorf("%w: the weights are damaged", err)}
	}
	g.next = tokenizer.ID(id)
	g.sampler.Accept(id)
	if g.logprobs != nil && !g.tokens.IsEOG(g.next) {
		g.logprobs.chosen(g.next)
	}
	return nil
}

// forward computes tokens at the slot's end. What it leaves in the cache counts
// only if all of it went well.
func (g *generation) forward(tokens []tokenizer.ID, wanted model.Wanted, each func(int, []float32) error) error {
	g.batch = g.batch[:0]
	for _, id := range tokens {
		g.batch = append(g.batch, int32(id))
	}
	g.span[0] = model.Span{Cache: g.slot.cache, Position: len(g.slot.tokens), Tokens: g.batch, Logits: wanted}
	if err := g.compute(g.span[:], each); err != nil {
		return err
	}
	g.slot.tokens = append(g.slot.tokens, tokens...)
	return nil
}

func (g *generation) compute(batch []model.Span, each func(int, []float32) error) error {
	if g.goOn == nil {
		g.goOn = g.unbroken
	}
	g.touch(g.slot, batch)
	return asModelError(g.state.Forward(g.goOn, batch, each))
}

// unbroken says whether to go on. It is asked in the middle of batches, which
// take seconds on a small board.
func (g *generation) unbroken() error {
	if time.Since(g.checked) >= fileCheck {
		if err := g.checkFile(); err != nil {
			return err
		}
	}
	return g.Err()
}

// checkFile fails when the file was written to or cut short. One that was
// replaced or unlinked is still whole under the map, and finished on.
func (g *generation) checkFile() error {
	g.checked = time.Now()
	err := g.file.Changed()
	var changed *mmap.ChangedError
	if errors.As(err, &changed) && !changed.InPlace() {
		return nil
	}
	if err != nil {
		return &ModelError{err}
	}
	return nil
}

func (g *generation) show(text string, yield func(string, error) bool) error {
	g.text = append(g.text, text...)
	if text != "" && !yield(text, nil) {
		return errStopped
	}
	return nil
}

// ended tells an end of the context, which is an answer of its own kind, from a
// failure.
func (g *generation) ended(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errStopped):
		g.result.FinishReason = FinishCancelled
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		g.result.FinishReason = FinishDeadline
		return nil
	case errors.Is(err, context.Canceled):
		g.result.FinishReason = FinishCancelled
		return nil
	}
	return err
}

func (g *generation) finish() Result {
	g.result.Text = string(g.text)
	if g.options.Echo {
		g.result.Text = g.tokens.Decode(g.ids, true) + g.result.Text
	}
	if g.logprobs != nil {
		g.result.Logprobs = g.logprobs.result()
	}
	return g.result
}
