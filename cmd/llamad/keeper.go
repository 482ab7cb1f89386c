package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"

	"llamad/mqtt"
	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
)

// engine is what answers prompts: an *llm.Model, or what a test puts in its
// place.
type engine interface {
	Encode(llm.Prompt) ([]tokenizer.ID, error)
	Session(key string) (session, error)
	Info() llm.Info
	Plan() llm.Plan
	Memory() llm.Memory
	Changed() error
	Close() error
}

// session is an *llm.Session.
type session interface {
	Generate(ctx context.Context, ids []tokenizer.ID, o llm.GenerateOptions) iter.Seq2[string, error]
	Choose(ctx context.Context, ids []tokenizer.ID, choices []string, o llm.ChooseOptions) iter.Seq2[string, error]
	Result() llm.Result
	Progress() uint64
	Close() error
}

// llmEngine is the real one.
type llmEngine struct{ *llm.Model }

func (e llmEngine) Session(key string) (session, error) {
	s, err := e.Model.Session(key)
	if err != nil {
		return nil, err // not a session that is nil inside
	}
	return s, nil
}

func openEngine(ctx context.Context, path string, o llm.Options) (engine, error) {
	m, err := llm.Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return llmEngine{m}, nil
}

// keeper has the model: it opens it, opens it again when its file changed, and
// where there is none it says why. Only the goroutine that computes changes
// anything; the others look.
type keeper struct {
	find   func() (string, error) // the path of the model to serve
	open   func(ctx context.Context, path string) (engine, error)
	log    *slog.Logger
	report func() // called when there is something new to say about the model
	file   modelFile

	mu     sync.RWMutex // protects what follows
	engine engine       // nil when there is none
	info   llm.Info     // of the engine
	err    error        // why there is none
	broken error        // what the engine died of, until it is open again
}

// noModelError is why nothing can be answered, with the cure.
type noModelError struct{ err error }

func (e *noModelError) Error() string {
	var hint interface{ Hint() string }
	if errors.As(e.err, &hint) && hint.Hint() != "" {
		return e.err.Error() + ": " + hint.Hint()
	}
	return e.err.Error()
}

func (e *noModelError) Unwrap() error { return e.err }

// refresh makes sure that the model is the one in the file: it opens one that is
// new, and again one that was changed, replaced or broke.
func (k *keeper) refresh(ctx context.Context) {
	if k.engine != nil {
		reason := k.broken
		if reason == nil {
			reason = k.engine.Changed()
		}
		if reason == nil {
			return
		}
		k.log.Warn("opening the model again", "model", k.info.Name, "reason", reason)
		k.set(nil, errors.New("the model is being opened again"))
	}
	e, err := k.attempt(ctx)
	known := k.reason()
	switch {
	case e != nil:
		k.opened(e)
	case err != nil && !sameReason(known, err):
		k.complain(err)
		k.set(nil, err)
	}
}

// sameReason says that b tells nobody more than a did. The figures of a budget
// that is a share of the available memory change all the time.
func sameReason(a, b error) bool {
	var before, now *llm.BudgetError
	if errors.As(a, &before) && errors.As(b, &now) {
		return before.Plan.Weights == now.Plan.Weights && before.Plan.Cure() == now.Plan.Cure()
	}
	return a != nil && a.Error() == b.Error()
}

// attempt opens the model, or says why it does not; it does neither while the file
// is as it was when it did not open.
func (k *keeper) attempt(ctx context.Context) (engine, error) {
	path, err := k.find()
	if err != nil {
		k.file.pause = 0
		return nil, err
	}
	if due, err := k.file.due(path); !due {
		return nil, err
	}
	e, err := k.open(ctx, path)
	if err != nil {
		return nil, k.file.failed(unservable(path, err))
	}
	return e, nil
}

// unservable gives the errors of the system a cure; those of llm have theirs.
func unservable(path string, err error) error {
	return fileError(path, err, "put a GGUF file there, or set model.path or model.name",
		"the user that runs llamad must be able to read it, and the packaged service sees no home directories")
}

// complain logs why there is no model; the table of a budget line by line.
func (k *keeper) complain(err error) {
	text := (&noModelError{err}).Error()
	message, table, _ := strings.Cut(text, "\n")
	k.log.Warn("there is no model to answer with", "err", message)
	for line := range strings.Lines(table) {
		k.log.Warn(strings.TrimRight(line, "\n"))
	}
}

func (k *keeper) opened(e engine) {
	k.file.opened()
	info, plan := e.Info(), e.Plan()
	boundHeap(plan)
	k.log.Info("model open", "model", info.Name, "architecture", info.Architecture, "quantization", info.Quantization,
		"kernel", info.Kernel, "context", info.Context, "template", info.Template)
	k.log.Info("memory planned", "weights", plan.Weights, "program", plan.Program, "kv", int64(plan.Slots)*plan.KV, "scratch", plan.Scratch,
		"heap", plan.Heap, "held_back", plan.Headroom, "total", plan.Total(), "budget", plan.Budget)
	k.set(e, nil)
}

// set replaces the engine.
func (k *keeper) set(e engine, why error) {
	k.mu.Lock()
	old := k.engine
	k.engine, k.err = e, why
	if e != nil {
		k.info, k.broken = e.Info(), nil
	}
	k.mu.Unlock()
	if old != nil {
		if err := old.Close(); err != nil {
			k.log.Warn("closing the model", "err", err)
		}
	}
	k.report()
}

func (k *keeper) reason() error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.err
}

// broke remembers that the engine failed, which refresh mends.
func (k *keeper) broke(err error) {
	k.mu.Lock()
	k.broken = err
	k.mu.Unlock()
	k.report()
}

// sound says that there is an engine and that it is not known to have failed.
func (k *keeper) sound() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.engine != nil && k.broken == nil
}

// Encode and Session are the engine's, or say why there is none.
func (k *keeper) Encode(p llm.Prompt) ([]tokenizer.ID, error) {
	if k.engine == nil {
		return nil, k.absence()
	}
	ids, err := k.engine.Encode(p)
	if err != nil {
		return nil, &encodeError{err}
	}
	return ids, nil
}

func (k *keeper) Session(key string) (session, error) {
	if k.engine == nil {
		return nil, k.absence()
	}
	return k.engine.Session(key)
}

func (k *keeper) absence() error {
	err := k.reason()
	var budget *llm.BudgetError
	if errors.As(err, &budget) {
		return err
	}
	return &noModelError{err}
}

// intact fails when the file was written to while it was computed with. One that
// was replaced or removed is still whole under the map.
func (k *keeper) intact() error {
	err := k.engine.Changed()
	var changed interface{ InPlace() bool }
	if errors.As(err, &changed) && !changed.InPlace() {
		return nil
	}
	return err
}

// context is how many tokens prompt and answer share, 0 when there is no model.
func (k *keeper) context() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.engine == nil {
		return 0
	}
	return k.info.Context
}

// name is what answers call the model, "" when there is none.
func (k *keeper) name() string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.engine == nil {
		return ""
	}
	return k.info.Name
}

// memory is that of the engine.
func (k *keeper) memory() (llm.Memory, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.engine == nil {
		return llm.Memory{}, false
	}
	return k.engine.Memory(), true
}

// describe is what the topic info says.
func (k *keeper) describe() mqtt.Info {
	k.mu.RLock()
	defer k.mu.RUnlock()
	i := mqtt.Info{Version: version, Status: "ready"}
	if k.engine == nil {
		i.Status = "no_model"
		var budget *llm.BudgetError
		if errors.As(k.err, &budget) {
			i.Status = "memory_budget"
		}
		i.Message, _, _ = strings.Cut((&noModelError{k.err}).Error(), "\n")
		return i
	}
	if k.broken != nil {
		i.Status, i.Message = "degraded", k.broken.Error()
	}
	i.Kernel, i.Budget = k.info.Kernel, k.engine.Plan().Budget
	i.Model = &mqtt.Model{Name: k.info.Name, Architecture: k.info.Architecture, Quantization: k.info.Quantization,
		Size: k.info.SizeBytes, Context: k.info.Context}
	return i
}

// status is one line for systemctl.
func (k *keeper) status() string {
	i := k.describe()
	if i.Model == nil {
		return i.Message
	}
	return fmt.Sprintf("%s: %s, %s kernels, context %d", i.Status, i.Model.Name, i.Kernel, i.Model.Context)
}

func (k *keeper) close() {
	k.set(nil, errShuttingDown)
}
