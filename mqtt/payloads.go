package mqtt

import "slices"

// State is what happens to a prompt.
type State string

const (
	Queued     State = "queued"
	Prefill    State = "prefill"
	Generating State = "generating"
	Done       State = "done"
)

// step counts states in the order in which a prompt has them; it may skip some.
func (s State) step() int { return slices.Index([]State{Queued, Prefill, Generating, Done}, s) }

// Status is a message on the topic status.
type Status struct {
	ID       string `json:"id"`
	State    State  `json:"state"`
	Position int    `json:"position"` // in the queue, 1 is next; 0 when it does not wait
	Progress int    `json:"progress"` // percent of the prompt that is read
}

// eventTypes are those that a prompt can end with.
var eventTypes = []string{"completed", "failed", "refused", "cancelled"}

// Event is a message on the topic event.
type Event struct {
	Type         string `json:"event_type"` // one of eventTypes
	ID           string `json:"id"`
	Client       string `json:"client"`
	Short        string `json:"short,omitempty"`
	FinishReason string `json:"finish_reason,omitempty"`
	Error        *Error `json:"error,omitempty"`
}

// Last is the retained message on the topic last, for a display.
type Last struct {
	Short        string `json:"short"` // at most 250 characters
	Text         string `json:"text"`
	ID           string `json:"id"`
	FinishReason string `json:"finish_reason"`
	Usage        Usage  `json:"usage"`
}

// Info is the retained message on the topic info.
type Info struct {
	Version  string `json:"version"`
	Instance string `json:"instance"`
	Node     string `json:"node"`
	Status   string `json:"status"`            // "ready", "loading", "no_model", "memory_budget", "degraded"
	Message  string `json:"message,omitempty"` // why it is not ready, and the cure
	Model    *Model `json:"model"`             // nil when there is none
	Kernel   string `json:"kernel"`
	Budget   int64  `json:"budget"` // bytes
}

// Model describes what answers.
type Model struct {
	Name         string `json:"name"`
	Architecture string `json:"architecture"`
	Quantization string `json:"quantization"`
	Size         int64  `json:"size"` // bytes
	Context      int    `json:"n_ctx"`
}

// Health is the retained message on the topic health.
type Health struct {
	Busy            bool     `json:"busy"`
	UptimeS         int64    `json:"uptime_s"`
	Memory          Memory   `json:"memory"`
	Queue           int      `json:"queue"`
	TokensPerSecond float64  `json:"tokens_per_second"` // of the last answer
	Temperature     *float64 `json:"temperature"`       // °C, null where there is no sensor
	Throttled       *bool    `json:"throttled"`         // now, for heat or low voltage; null where the board cannot tell
	Counters        Counters `json:"counters"`
}

// Memory holds the four figures that are always reported apart, in bytes.
type Memory struct {
	Anonymous int64 `json:"anonymous"`
	Model     int64 `json:"model"` // pages of the mapped model that are in memory
	KV        int64 `json:"kv"`
	Budget    int64 `json:"budget"`
}

// Counters count since the start.
type Counters struct {
	Prompts     uint64 `json:"prompts"` // that arrived, copies included
	Answers     uint64 `json:"answers"`
	Errors      uint64 `json:"errors"` // refused and failed prompts
	Replayed    uint64 `json:"replayed"`
	Retained    uint64 `json:"retained"` // retained prompts that were dropped
	Echoes      uint64 `json:"echoes"`   // what llamad itself had published, come back as a prompt
	Dropped     uint64 `json:"dropped"`  // replies for which there was no room
	Connections uint64 `json:"connections"`
}
