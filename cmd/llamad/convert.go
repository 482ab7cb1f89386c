package main

import (
	"llamad/config"
	"llamad/mqtt"
	"llamad/runtime/llm"
)

// generateOptions maps the fields of a request to how an answer is made.
func generateOptions(r config.Request) llm.GenerateOptions {
	return llm.GenerateOptions{
		MaxTokens:     r.MaxTokens,
		Temperature:   float32(r.Temperature),
		TopK:          r.TopK,
		TopP:          float32(r.TopP),
		MinP:          float32(r.MinP),
		RepeatPenalty: float32(r.RepeatPenalty),
		Seed:          r.Seed,
		Stop:          r.Stop,
	}
}

// answerOf maps what a generation came to to what is said about it.
func answerOf(model string, r llm.Result) mqtt.Result {
	out := mqtt.Result{
		Model:            model,
		Text:             r.Text,
		FinishReason:     r.FinishReason,
		PromptTokens:     r.PromptTokens,
		CompletionTokens: r.CompletionTokens,
		CachedTokens:     r.CachedTokens,
		Prefill:          r.Prefill,
		Decode:           r.Decode,
		Logprobs:         r.Logprobs,
	}
	if r.Scores != nil {
		out.Scores = r.Scores
	}
	return out
}
