package llm

import (
	"context"
	"errors"
	"iter"
	"math"
	"time"

	"llamad/runtime/model"
	"llamad/runtime/sample"
	"llamad/runtime/tokenizer"
)

// ChooseOptions say what the likeliest choice is looked for in.
type ChooseOptions struct {
	// Raw says that the prompt is raw text, which goes on behind a choice. Behind a
	// prompt of the chat template a choice is the whole answer.
	Raw bool

	OnPrefill func(done, total int) // as in GenerateOptions
}

// Score is how likely a choice is.
//
// Logprob is the logarithm of the probability that the model, drawing freely,
// would say exactly this text and then end its turn. The end belongs to it:
// without, no text could be likelier than its own beginning, and "light on"
// would always lose to "light". After a raw prompt nothing ends and the end does
// not count.
//
// The length is not made up for, since this is a probability; a long choice has
// to be one that the prompt has led the model to say, best by naming it.
type Score struct {
	Text        string  `json:"text"`
	Logprob     float64 `json:"logprob"`     // natural
	Probability float64 `json:"probability"` // where the answer has to be one of the choices
}

// Choose answers with the likeliest of the choices, the first of equals, in one
// piece. The prompt is computed once, and behind it the choices side by side, in
// as few batches as they fill. What it costs is their tokens, like those of a
// prompt.
//
// It ends as Generate does, with a text or none at all. The result has the
// scores.
func (s *Session) Choose(ctx context.Context, ids []tokenizer.ID, choices []string, o ChooseOptions) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		g := &generation{Model: s.model, Context: ctx, options: GenerateOptions{OnPrefill: o.OnPrefill}, ids: ids, checked: time.Now()}
		c := &choosing{generation: g, ends: !o.Raw}
		err := c.run(s.key, choices, yield)
		s.result = g.finish()
		if err != nil {
			yield("", err)
		}
	}
}

// choosing is one choice while it is being made.
type choosing struct {
	*generation
	ends  bool // the end of the turn counts
	whole bool // all of the prompt is computed, whatever a slot holds of it
	eog   []tokenizer.ID
	texts [][]tokenizer.ID // the choices
	sums  []float64        // log-likelihood of each so far

	batch    []model.Span
	rows     []place // what each row of the batch is
	logprobs []float32
}

// place is a token of a choice.
type place struct{ choice, token int }

func (c *choosing) run(key string, choices []string, yield func(string, error) bool) error {
	if len(choices) == 0 {
		return errors.New("there is nothing to choose from: give it at least one text")
	}
	for _, text := range choices {
		ids := c.tokens.EncodeRest(text)
		if len(ids) == 0 {
			return errors.New("an empty text cannot be chosen")
		}
		c.texts = append(c.texts, ids)
	}
	for id := range c.tokens.Size() {
		if c.tokens.IsEOG(tokenizer.ID(id)) {
			c.eog = append(c.eog, tokenizer.ID(id))
		}
	}
	c.ends = c.ends && len(c.eog) > 0
	if err := c.sumUp(key); err != nil {
		return c.ended(err)
	}
	best := c.score(choices)
	c.result.FinishReason = FinishStop
	c.result.CompletionTokens = len(c.texts[best])
	return c.ended(c.show(choices[best], yield))
}

// sumUp computes the prompt and, behind it, the log-likelihood of each text.
func (c *choosing) sumUp(key string) error {
	c.sums = make([]float64, len(c.texts))
	longest, all := 0, 0
	for _, ids := range c.texts {
		longest, all = max(longest, len(ids)), all+len(ids)
	}
	if err := c.enter(key, longest, all); err != nil {
		return err
	}
	if c.whole {
		c.forget()
	}
	c.behind = c.first
	start := time.Now()
	err := c.prefill()
	c.result.Prefill = time.Since(start)
	if err != nil {
		return err
	}
	start = time.Now()
	err = c.computeChoices()
	c.result.Decode = time.Since(start)
	return err
}

// first begins the sums with what follows the prompt.
func (c *choosing) first(logits []float32) error {
	c.logprobs = sample.LogSoftmax(c.logprobs, logits)
	for i, ids := range c.texts {
		if err := c.add(i, float64(c.logprobs[ids[0]])); err != nil {
			return err
		}
	}
	return nil
}

// computeChoices lays the choices side by side behind the prompt, hidden from one
// another, and begins there anew when the context is full.
func (c *choosing) computeChoices() error {
	head := len(c.ids)
	at := head
	for i, ids := range c.texts {
		if !c.ends {
			ids = ids[:len(ids)-1] // nothing behind the last one counts
		}
		if at+len(ids) > c.plan.Context {
			if err := c.flush(); err != nil {
				return err
			}
			at = head
		}
		hidden := model.Range{From: head, To: at}
		for done := 0; done < len(ids); {
			n := min(len(ids)-done, batchRows-len(c.rows))
			tokens := make([]int32, n)
			for j := range tokens {
				tokens[j] = int32(ids[done+j])
				c.rows = append(c.rows, place{i, done + j})
			}
			c.batch = append(c.batch, model.Span{Cache: c.slot.cache, Position: at, Tokens: tokens, Logits: model.All, Hidden: hidden})
			at, done = at+n, done+n
			if len(c.rows) == batchRows {
				if err := c.flush(); err != nil {
					return err
				}
			}
		}
	}
	return c.flush()
}

// flush computes the batch. The slot holds the prompt alone all the while.
func (c *choosing) flush() error {
	if len(c.rows) == 0 {
		return nil
	}
	err := c.compute(c.batch, func(row int, logits []float32) error {
		c.logprobs = sample.LogSoftmax(c.logprobs, logits)
		p := c.rows[row]
		if next := p.token + 1; next < len(c.texts[p.choice]) {
			return c.add(p.choice, float64(c.logprobs[c.texts[p.choice][next]]))
		}
		return c.add(p.choice, c.end())
	})
	c.batch, c.rows = c.batch[:0], c.rows[:0]
	return err
}

// end is the log-probability that the turn ends, by whatever token.
func (c *choosing) end() float64 {
	highest := math.Inf(-1)
	for _, id := range c.eog {
		highest = max(highest, float64(c.logprobs[id]))
	}
	sum := 0.0
	for _, id := range c.eog {
		sum += math.Exp(float64(c.logprobs[id]) - highest)
	}
	return highest + math.Log(sum)
}

func (c *choosing) add(choice int, logprob float64) error {
	c.sums[choice] += logprob
	if math.IsNaN(c.sums[choice]) || math.IsInf(c.sums[choice], 0) {
		return errNoNumbers
	}
	return nil
}

// score fills the result in and says which choice is the likeliest.
func (c *choosing) score(choices []string) (best int) {
	for i, sum := range c.sums {
		if sum > c.sums[best] {
			best = i
		}
	}
	total := 0.0
	for _, sum := range c.sums {
		total += math.Exp(sum - c.sums[best])
	}
	for i, text := range choices {
		c.result.Scores = append(c.result.Scores, Score{text, c.sums[i], math.Exp(c.sums[i]-c.sums[best]) / total})
	}
	return best
}
