package llm

import (
	"log/slog"
	"time"

	"llamad/runtime/chat"
)

// Options say how a model is opened. The zero value is the sane default.
type Options struct {
	Kernel         string       // kernel class by name; "" is the best for this CPU
	Context        int          // positions of the KV cache; 0 is the smaller of the model's own and 2,048, shrunk to fit the budget
	MinContext     int          // a default context is never shrunk below this; 0 is 512
	Budget         int64        // bytes; 0 is 75 % of the memory that is available
	Headroom       int64        // bytes of Go's heap that the caller may need beside the model, for what comes in bursts
	KV             string       // "f16" (also "") or "q8_0"
	ThreadsPrefill int          // 0 is every core
	ThreadsDecode  int          // 0 is the default of the kernel class, or measured where OnThreads is set
	Lock           bool         // mlock the weights
	TemplateTrial  chat.Trial   // runs an unknown chat template once under limits; nil trusts it
	Log            *slog.Logger // nil is silent

	// OnThreads, where ThreadsDecode is 0, has the fastest number of decode threads
	// measured on the first answers. It is called once, from the generating
	// goroutine, and what it is told holds for this file on this machine and kernel
	// class. KnownThreads gives what was measured before, 0 for nothing; then
	// nothing is measured. Both may be nil.
	OnThreads    func(kernel string, decode int)
	KnownThreads func(kernel string) (decode int)
}

// Info describes an open model.
type Info struct {
	Name           string // general.name, or the file's name without its ending
	Path           string
	Architecture   string          // "llama", "qwen2"
	Quantization   string          // the format most weights have, "Q4_1"
	Kernel         string          // kernel class in use, "dotprod"
	Kernels        []FormatKernels // what multiplies the matrices, the format that takes most memory first
	SizeBytes      int64
	Parameters     int64
	Context        int // positions of the KV cache
	TrainedContext int // the file's own limit
	ThreadsPrefill int
	ThreadsDecode  int    // while they are being measured, the default
	Template       string // where the chat template came from: "file", "zephyr", "chatml"
	Warnings       []string
}

// Memory holds the four figures that are always reported apart, in bytes.
type Memory struct {
	Anonymous int64 // of the whole process
	Resident  int64 // pages of the mapped model in memory now, about
	KV        int64 // KV cache that is allocated
	Budget    int64
}

// Prompt is what to answer: Messages, or Text, which is one user message unless
// Raw makes it the complete text with its control tokens.
type Prompt struct {
	Text     string
	System   string // put before Text or Messages as a system message
	Messages []chat.Message
	Raw      bool
}

// GenerateOptions say how to sample and when to stop. Defaults has the values
// for what a caller leaves open.
type GenerateOptions struct {
	MaxTokens     int     // 0 or less fills the context
	Temperature   float32 // 0 is greedy
	TopK          int     // 0 is off
	TopP          float32 // 1 is off
	MinP          float32 // 0 is off
	RepeatPenalty float32 // 1 is off
	Seed          *uint64 // nil is random
	Stop          []string
	Echo          bool // the result's text begins with the prompt
	Logprobs      int  // how many alternatives per position; 0 is none

	// OnPrefill is called after each batch of the prompt, from the generating
	// goroutine; done counts what a kept session held too.
	OnPrefill func(done, total int)
}

// Defaults are the request defaults of the MQTT service and the command line.
func Defaults() GenerateOptions {
	return GenerateOptions{MaxTokens: 256, Temperature: 0.3, TopK: 40, TopP: 0.95, MinP: 0.05, RepeatPenalty: 1.1}
}

// Why a generation ended.
const (
	FinishStop      = "stop"      // an end-of-turn token or a stop string
	FinishLength    = "length"    // MaxTokens, or the context is full
	FinishDeadline  = "deadline"  // the context's deadline passed; the text so far stands
	FinishCancelled = "cancelled" // the context was cancelled; the text so far stands
)

// Result is what a generation came to.
type Result struct {
	Text             string
	FinishReason     string
	Seed             uint64 // repeats the text
	PromptTokens     int
	CompletionTokens int
	CachedTokens     int // prompt tokens whose KV state was kept from before
	Prefill, Decode  time.Duration
	Logprobs         *Logprobs // nil unless asked for
	Scores           []Score   // of Choose, in the order of the choices
}

// Logprobs is llama-cpp-python's object with the ids beside it. With Echo it
// covers the prompt too. Entry i of each slice is position i.
type Logprobs struct {
	Tokens        []string             `json:"tokens"`
	TextOffset    []int                `json:"text_offset"`
	TokenLogprobs []*float32           `json:"token_logprobs"` // null at the first position, which nothing predicts
	TopLogprobs   []map[string]float32 `json:"top_logprobs"`
	TokenIDs      []int32              `json:"token_ids"`
	TopIDs        [][]IDLogprob        `json:"top_ids"` // what was predicted before the position, likeliest first
}

// IDLogprob is a candidate, in JSON a pair [id, log-probability].
type IDLogprob struct {
	ID      int32
	Logprob float32
}
