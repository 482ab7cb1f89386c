package main

import (
	"fmt"
	"io"
	"time"

	"llamad/runtime/llm"
)

// writeTimings writes how long an answer took, line by line as ollama run --verbose
// does. load is how long opening the model took.
//
// The rate of a prompt leaves out what was computed for an earlier one.
func writeTimings(w io.Writer, load time.Duration, r llm.Result) {
	cached := ""
	if r.CachedTokens > 0 {
		cached = fmt.Sprintf(", %d of them kept from before", r.CachedTokens)
	}
	fmt.Fprintf(w, `total duration:       %v
load duration:        %v
prompt eval count:    %d token(s)%s
prompt eval duration: %v
prompt eval rate:     %.2f tokens/s
eval count:           %d token(s)
eval duration:        %v
eval rate:            %.2f tokens/s
`, load+r.Prefill+r.Decode, load,
		r.PromptTokens, cached, r.Prefill, rate(r.PromptTokens-r.CachedTokens, r.Prefill),
		r.CompletionTokens, r.Decode, rate(r.CompletionTokens, r.Decode))
}

// rate is tokens a second, 0 for none at all.
func rate(tokens int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(tokens) / d.Seconds()
}
