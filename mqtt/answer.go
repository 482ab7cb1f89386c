package mqtt

import (
	"bytes"
	"encoding/json"
	"time"
)

// Why an answer ended, as finish_reason says it.
const (
	FinishStop      = "stop"
	FinishLength    = "length"
	FinishDeadline  = "deadline"
	FinishCancelled = "cancelled"
)

// Result is what a generation came to.
type Result struct {
	Model        string // name of the file without its ending
	Text         string
	FinishReason string // FinishStop and so on

	PromptTokens, CompletionTokens, CachedTokens int

	Queued, Prefill, Decode time.Duration

	Warnings []string
	Logprobs any // llama-cpp-python's object, or nil
	Scores   any // of one_of, or nil
}

// Answer is llama-cpp-python's object, so that its users' code keeps working,
// with the text at the top.
type Answer struct {
	ID       string   `json:"id"`
	Status   string   `json:"status"` // always "ok"
	Text     string   `json:"text"`
	Object   string   `json:"object"` // "text_completion", or "chat.completion" for messages
	Created  int64    `json:"created"`
	Model    string   `json:"model"`
	Choices  []Choice `json:"choices"` // always one
	Usage    Usage    `json:"usage"`
	Timings  Timings  `json:"timings"`
	Scores   any      `json:"scores,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	Node     string   `json:"node,omitempty"`
}

// Choice holds Text for a prompt and Message for messages.
type Choice struct {
	Text         *string `json:"text,omitempty"`
	Index        int     `json:"index"`
	Message      *Turn   `json:"message,omitempty"`
	Logprobs     any     `json:"logprobs"`
	FinishReason string  `json:"finish_reason"`
}

// Usage counts tokens.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

// Timings are milliseconds and tokens a second.
type Timings struct {
	QueueMS            int64   `json:"queue_ms"`
	PromptMS           int64   `json:"prompt_ms"`
	PredictedMS        int64   `json:"predicted_ms"`
	PromptPerSecond    float64 `json:"prompt_per_second"`
	PredictedPerSecond float64 `json:"predicted_per_second"`
	CachedTokens       int     `json:"cached_tokens"`
}

// NewAnswer words a result. chat says that the prompt was messages.
func NewAnswer(id string, chat bool, created time.Time, r Result) *Answer {
	text := Clean(r.Text)
	a := &Answer{
		ID:      id,
		Status:  "ok",
		Text:    text,
		Object:  "text_completion",
		Created: created.Unix(),
		Model:   r.Model,
		Choices: []Choice{{Text: &text, Logprobs: r.Logprobs, FinishReason: r.FinishReason}},
		Usage: Usage{
			PromptTokens:     r.PromptTokens,
			CompletionTokens: r.CompletionTokens,
			TotalTokens:      r.PromptTokens + r.CompletionTokens,
		},
		Timings: Timings{
			QueueMS:            r.Queued.Milliseconds(),
			PromptMS:           r.Prefill.Milliseconds(),
			PredictedMS:        r.Decode.Milliseconds(),
			PromptPerSecond:    perSecond(r.PromptTokens-r.CachedTokens, r.Prefill),
			PredictedPerSecond: perSecond(r.CompletionTokens, r.Decode),
			CachedTokens:       r.CachedTokens,
		},
		Scores:   r.Scores,
		Warnings: r.Warnings,
	}
	if chat {
		a.Object = "chat.completion"
		a.Choices[0].Text = nil
		a.Choices[0].Message = &Turn{Role: "assistant", Content: text}
	}
	return a
}

// perSecond has two decimals, 0 where nothing was timed.
func perSecond(n int, d time.Duration) float64 {
	if d <= 0 || n <= 0 {
		return 0
	}
	return float64(int64(float64(n)/d.Seconds()*100+0.5)) / 100
}

// failure is the one reply to a prompt that gets no answer.
type failure struct {
	ID       string   `json:"id"`
	Status   string   `json:"status"` // always "error"
	Error    *Error   `json:"error"`
	Warnings []string `json:"warnings,omitempty"`
	Node     string   `json:"node"`
}

// replayed marks a published object as one that is sent again.
func replayed(object []byte) []byte {
	if len(object) == 0 || object[0] != '{' {
		return object // bare text has no place for a mark
	}
	return append(object[:len(object)-1:len(object)-1], `,"replayed":true}`...)
}

// encode is JSON on one line with <, > and & left readable.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("mqtt: internal error: " + err.Error()) // only our own types come here
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
