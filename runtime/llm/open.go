package llm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"llamad/runtime/chat"
	"llamad/runtime/gguf"
	"llamad/runtime/kernel"
	"llamad/runtime/memory"
	"llamad/runtime/mmap"
	"llamad/runtime/model"
	"llamad/runtime/pool"
	"llamad/runtime/quant"
	"llamad/runtime/tokenizer"
)

// batchRows is how many tokens of a prompt are prefilled at a time: enough that
// unpacking a weight costs a hundredth of using it, few enough that the scratch
// of a 1.1B model stays near 25 MB.
const batchRows = 128

// Model is an open model: its mapped file, its tokenizer, and the scratch and KV
// state to run it with. One session generates at a time; the other methods may
// be called from any goroutine.
type Model struct {
	log      *slog.Logger
	path     string
	name     string
	file     *mmap.File
	model    *model.Model
	tokens   *tokenizer.Tokenizer
	template *chat.Template
	kernel   *kernel.Set
	source   int64 // bytes of the file's template
	options  model.Options
	plan     Plan
	room     func() memory.Room
	warnings []string

	pool    *pool.Pool
	state   *model.State
	scratch mmap.Arena

	running sync.Mutex // held by the open session
	mu      sync.Mutex // guards slots
	slots   []*slot
	rows    int    // of the largest batch so far: as much of the scratch is taken
	uses    uint64 // counts sessions, for least recently used

	threadsPrefill int
	threadsDecode  atomic.Int32
	race           *race // over threadsDecode; nil when there is none, or no more
	onThreads      func(kernel string, decode int)
}

// Open maps a model, checks it and plans its memory. It computes nothing yet and
// reads no weights: ready means as fast as the file's pages come in.
//
// Errors are *gguf.Error for a damaged file, *UnsupportedError for one that
// llamad does not run, *BudgetError, *FaultError, or those of the system.
func Open(ctx context.Context, path string, o Options) (*Model, error) {
	m := newModel(path, o)
	err := m.examine(ctx, o)
	if err == nil {
		err = m.prepare(o)
	}
	if err == nil {
		return m, nil
	}
	m.Close()
	var fault *FaultError
	if errors.As(err, &fault) { // names the file itself
		return nil, err
	}
	return nil, fmt.Errorf("open %s: %w", path, err)
}

func newModel(path string, o Options) *Model {
	m := &Model{path: path, log: o.Log, room: memory.Host().Room}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	return m
}

// examine maps the file, finds out whether it can be run and plans the memory for
// that. It takes none but Go's heap for the vocabulary and the template.
func (m *Model) examine(ctx context.Context, o Options) (err error) {
	if m.kernel, err = kernel.Choose(o.Kernel); err != nil {
		return err
	}
	if m.file, err = mmap.Open(m.path); err != nil {
		return err
	}
	source, err := m.load()
	if err != nil {
		return err
	}
	return m.judge(ctx, source, o)
}

// judge decides how to run what load has read. It reads nothing of the file.
func (m *Model) judge(ctx context.Context, source string, o Options) (err error) {
	m.name = modelName(m.path)
	if m.template, err = chat.New(m.tokens, chat.Options{Source: source, Trial: o.TemplateTrial}); err != nil {
		return err
	}
	m.warnings = append(m.warnings, m.template.Warnings()...)
	m.source = int64(len(source))
	if err := ctx.Err(); err != nil {
		return err
	}
	return m.makePlan(o)
}

// load reads all that is read of the file but its weights: the tensors' places,
// the vocabulary and the chat template's source. The file may be cut short under us
// here as well, so nothing that the parsed file still holds of it may get out of the
// guard.
func (m *Model) load() (source string, err error) {
	err = mmap.Guard(func() error {
		f, err := gguf.Parse(m.file.Bytes())
		if err != nil {
			return err
		}
		if m.model, err = model.Load(f); err != nil {
			return err
		}
		if m.tokens, err = newTokenizer(f); err != nil {
			return err
		}
		if n := m.tokens.Size(); n > m.model.Vocab {
			return &UnsupportedError{Field: "tokenizer.ggml.tokens", Offset: f.Where("tokenizer.ggml.tokens"), Found: fmt.Sprintf("%d tokens", n),
				Expected: fmt.Sprintf("at most %d, the rows of token_embd.weight", m.model.Vocab)}
		}
		m.warnings = append(append(m.warnings, f.Warnings...), m.tokens.Warnings()...)
		source, err = chatTemplate(f)
		return err
	})
	return source, err
}

// Check says whether a file is a model that llamad runs, whatever memory there is:
// whole, of an architecture and in formats that are known, with a vocabulary. It
// reads no weights. Errors are those of Open, without the file's name.
func Check(path string) (err error) {
	m := &Model{}
	if m.file, err = mmap.Open(path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.file.Close()) }()
	_, err = m.load()
	return err
}

// prepare takes the memory that was planned and starts the workers.
func (m *Model) prepare(o Options) error {
	if !m.plan.Fits() {
		return &BudgetError{m.plan}
	}
	m.state = model.NewState(m.model, m.options, &m.scratch)
	if err := m.scratch.Map(); err != nil {
		return err
	}
	m.pool = pool.New(max(m.options.ThreadsPrefill, m.options.ThreadsDecode))
	m.state.Start(m.pool)
	m.setThreads(o)
	m.comparePlan(o.Lock)
	for _, w := range m.warnings {
		m.log.Warn(w, "model", m.name)
	}
	return nil
}

// Close waits for the open session and gives everything back.
func (m *Model) Close() error {
	m.running.Lock()
	defer m.running.Unlock()
	if m.pool != nil {
		m.pool.Close()
		m.pool = nil
	}
	var errs []error
	for _, s := range m.slots {
		errs = append(errs, s.memory.Free())
	}
	m.slots = nil
	errs = append(errs, m.scratch.Free())
	if m.file != nil {
		errs = append(errs, m.file.Close())
		m.file = nil
	}
	return errors.Join(errs...)
}

// Info describes the model.
func (m *Model) Info() Info {
	format, _ := mainFormat(m.model)
	return Info{
		Name: m.name, Path: m.path, Architecture: m.model.Architecture, Quantization: format.Name,
		Kernel: m.kernel.Name, Kernels: m.kernels(), SizeBytes: m.file.Size(), Parameters: m.model.Parameters,
		Context: m.plan.Context, TrainedContext: m.model.Context, Template: m.template.Name(), Warnings: m.warnings,
		ThreadsPrefill: m.threadsPrefill, ThreadsDecode: int(m.threadsDecode.Load()),
	}
}

// mainFormat is the format most weights have, and how many.
func mainFormat(m *model.Model) (format *quant.Format, weights int64) {
	for f, n := range m.Formats {
		if n > weights || n == weights && f.Type < format.Type {
			format, weights = f, n
		}
	}
	return format, weights
}

// Tokenizer is the model's vocabulary.
func (m *Model) Tokenizer() *tokenizer.Tokenizer { return m.tokens }

// Plan is how the model's memory was planned.
func (m *Model) Plan() Plan { return m.plan }

// Changed tells whether the file under the model is still the one that was
// opened; see mmap.File.Changed.
func (m *Model) Changed() error { return m.file.Changed() }

// Encode turns a prompt into tokens: Raw text with its control tokens as they
// stand, anything else through the chat template.
func (m *Model) Encode(p Prompt) ([]tokenizer.ID, error) {
	if p.Raw {
		return m.tokens.Encode(p.Text, true), nil
	}
	var messages []chat.Message
	if p.System != "" {
		messages = append(messages, chat.Message{Role: "system", Content: p.System})
	}
	messages = append(messages, p.Messages...)
	if p.Messages == nil {
		messages = append(messages, chat.Message{Role: "user", Content: p.Text})
	}
	return m.template.Encode(messages, true)
}

// modelName is the file's name without its ending: what a user put there, and
// what answers call the model.
func modelName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".gguf")
}
