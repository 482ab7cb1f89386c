package main

import (
	"errors"
	"strings"

	"llamad/mqtt"
	"llamad/runtime/llm"
	"llamad/runtime/queue"
)

// encodeError is a prompt that the model's chat template does not take.
type encodeError struct{ error }

func (e *encodeError) Unwrap() error { return e.error }

// refusal is err as the sender of a prompt is told. What is not for the sender
// is internal, and stands in the log.
func refusal(err error) *mqtt.Error {
	var (
		told     *mqtt.Error
		full     *queue.FullError
		overflow *llm.ContextError
		budget   *llm.BudgetError
		pressure *llm.PressureError
		broken   *llm.ModelError
		none     *noModelError
		encode   *encodeError
	)
	code := mqtt.Internal
	switch {
	case errors.As(err, &told):
		return told
	case errors.As(err, &full):
		return mqtt.RetryAfter(full.Error(), full.RetryAfter)
	case errors.Is(err, errExpired):
		code = mqtt.Expired
	case errors.Is(err, queue.ErrClosed), errors.Is(err, errShuttingDown):
		code, err = mqtt.ShuttingDown, errShuttingDown
	case errors.As(err, &overflow):
		code, err = mqtt.ContextOverflow, overflow
	case errors.As(err, &budget), errors.As(err, &pressure):
		code = mqtt.MemoryBudget
	case errors.As(err, &none):
		code = mqtt.NoModel
	case errors.As(err, &broken):
		code = mqtt.ModelError
	case errors.As(err, &encode):
		code = mqtt.BadRequest
	default:
		return &mqtt.Error{Code: code, Message: "something is wrong with llamad: its log says what"}
	}
	message, _, _ := strings.Cut(err.Error(), "\n") // the table of a budget is for the log
	return &mqtt.Error{Code: code, Message: message}
}

var errExpired = errors.New("the deadline passed while the prompt waited")
