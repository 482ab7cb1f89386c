package llm

import (
	"encoding/json"
	"unicode/utf8"

	"llamad/runtime/sample"
	"llamad/runtime/tokenizer"
)

// MarshalJSON writes the pair [id, log-probability].
func (p IDLogprob) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]any{p.ID, p.Logprob})
}

// recorder gathers log-probabilities position by position, in
// llama-cpp-python's shape.
type recorder struct {
	tokens    *tokenizer.Tokenizer
	n         int // alternatives a position
	out       Logprobs
	offset    int // of the next token in the text, in characters
	predicted prediction
}

// prediction is what the model thinks comes next.
type prediction struct {
	all []float32 // (vocab) log-probabilities
	top []sample.Candidate
}

// newRecorder begins with the first token of the prompt where that is echoed,
// and behind the prompt where it is not.
func newRecorder(t *tokenizer.Tokenizer, n int, prompt []tokenizer.ID, echo bool) *recorder {
	r := &recorder{tokens: t, n: n}
	if !echo {
		r.offset = utf8.RuneCountInString(t.Decode(prompt, true))
		return r
	}
	r.entry(prompt[0])
	r.out.TokenLogprobs = append(r.out.TokenLogprobs, nil)
	r.out.TopLogprobs = append(r.out.TopLogprobs, nil)
	r.out.TopIDs = append(r.out.TopIDs, nil)
	return r
}

// add records a token that is known together with the logits before it.
func (r *recorder) add(logits []float32, id tokenizer.ID) {
	r.predict(logits)
	r.chosen(id)
}

// predict takes the logits before a token; the sampler may change them later.
func (r *recorder) predict(logits []float32) {
	r.predicted.all = sample.LogSoftmax(r.predicted.all, logits)
	r.predicted.top = sample.Top(r.predicted.top, r.predicted.all, r.n)
}

// chosen records the token that came of the last prediction.
func (r *recorder) chosen(id tokenizer.ID) {
	own := r.predicted.all[id]
	byText := map[string]float32{r.tokens.Piece(id): own}
	var byID []IDLogprob
	for _, c := range r.predicted.top {
		byText[r.tokens.Piece(tokenizer.ID(c.ID))] = c.Logprob
		byID = append(byID, IDLogprob{c.ID, c.Logprob})
	}
	r.entry(id)
	r.out.TokenLogprobs = append(r.out.TokenLogprobs, &own)
	r.out.TopLogprobs = append(r.out.TopLogprobs, byText)
	r.out.TopIDs = append(r.out.TopIDs, byID)
}

func (r *recorder) entry(id tokenizer.ID) {
	piece := r.tokens.Piece(id)
	r.out.Tokens = append(r.out.Tokens, piece)
	r.out.TextOffset = append(r.out.TextOffset, r.offset)
	r.out.TokenIDs = append(r.out.TokenIDs, int32(id))
	r.offset += utf8.RuneCountInString(piece)
}

func (r *recorder) result() *Logprobs { return &r.out }
