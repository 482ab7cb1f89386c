package llm

import (
	"errors"
	"fmt"

	"llamad/runtime/gguf"
	"llamad/runtime/mmap"
	"llamad/runtime/model"
	"llamad/runtime/pool"
)

// ContextError is a prompt that does not fit the context.
type ContextError struct {
	Prompt  int // tokens
	Context int // positions; the prompt and at least one token of the answer share them
}

func (e *ContextError) Error() string {
	return fmt.Sprintf("the prompt has %d tokens and the context %d positions: shorten the prompt or raise the context (memory.context, --context)", e.Prompt, e.Context)
}

// BudgetError is a model that does not fit the memory budget. The first line of
// what it says is all that a short message needs; the table follows.
type BudgetError struct{ Plan Plan }

func (e *BudgetError) Error() string {
	p := &e.Plan
	return fmt.Sprintf("the model does not fit the memory budget: it takes %.1f MB of %.1f MB; %s\n%s",
		float64(p.Total())/1e6, float64(p.Budget)/1e6, p.Cure(), p)
}

// UnsupportedError is a well-formed file that llamad does not run.
type UnsupportedError = model.UnsupportedError

// FaultError is a file that cannot be read, whose disk may work again later.
type FaultError = mmap.FaultError

// ErrIncomplete is a file that ends too early: it was cut short, or not all of it is
// there yet.
var ErrIncomplete = gguf.ErrTruncated

// ModelError is a model that failed while it ran: its file changed or could not
// be read, or its weights gave numbers that are none. It has to be opened again.
type ModelError struct{ Err error }

func (e *ModelError) Error() string { return "the model failed while running: " + e.Err.Error() }
func (e *ModelError) Unwrap() error { return e.Err }

// asModelError names what a forward pass died of. A fault of a worker on mapped
// memory means that the file was cut short or the disk could not be read.
func asModelError(err error) error {
	var panicked *pool.PanicError
	if errors.As(err, &panicked) {
		if fault := mmap.AsFault(panicked.Value); fault != nil {
			return &ModelError{fmt.Errorf("%w: %s", fault, fault.Hint())}
		}
	}
	return err
}
