package mqtt

import "time"

// Code says what went wrong in a word that programs may rely on.
type Code string

const (
	BadRequest      Code = "bad_request"
	TooLarge        Code = "too_large"
	ContextOverflow Code = "context_overflow"
	QueueFull       Code = "queue_full"
	IDConflict      Code = "id_conflict"
	Expired         Code = "expired"
	MemoryBudget    Code = "memory_budget"
	NoModel         Code = "no_model"
	ModelError      Code = "model_error"
	ShuttingDown    Code = "shutting_down"
	Internal        Code = "internal"
)

// Error is why a prompt gets no answer. It is published as it is.
type Error struct {
	Code        Code   `json:"code"`
	Message     string `json:"message"`
	RetryAfterS int    `json:"retry_after_s,omitempty"` // seconds; only with queue_full
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// RetryAfter is the queue_full error of a queue that should have a place by then.
func RetryAfter(message string, d time.Duration) *Error {
	return &Error{Code: QueueFull, Message: message, RetryAfterS: max(1, int(d.Seconds()))}
}

// failed tells errors of a prompt that ran from those of one that was refused.
func (c Code) failed() bool { return c == ModelError || c == Internal }
