package llm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"llamad/runtime/gguf"
	"llamad/runtime/kernel"
	"llamad/runtime/mmap"
	"llamad/runtime/quant"
)

// Description is what a file says of the model in it, and what running it would
// take.
type Description struct {
	Info    Info
	Tensors []TensorKind
	Plan    Plan
}

// Inspect describes a model. It takes no memory for running it and does not ask
// whether it fits: a plan that does not is described like any other.
func Inspect(ctx context.Context, path string, o Options) (*Description, error) {
	m := newModel(path, o)
	defer m.Close()
	d := &Description{}
	err := m.examine(ctx, o)
	if err == nil {
		d.Tensors, err = m.Tensors()
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	d.Info, d.Plan = m.Info(), m.Plan()
	return d, nil
}

// TensorKind sums up the tensors that play one role, over all layers, and have
// one format.
type TensorKind struct {
	Name   string // "blk.*.attn_q.weight", "output.weight"
	Format string // "Q4_K"
	Count  int
	Bytes  int64
}

// Tensors lists what the file consists of, in its order.
func (m *Model) Tensors() ([]TensorKind, error) {
	var kinds []TensorKind
	err := mmap.Guard(func() error {
		f, err := gguf.Parse(m.file.Bytes())
		if err != nil {
			return err
		}
		for _, t := range f.Tensors {
			kinds = count(kinds, role(t.Name), t.Type, int64(len(t.Data)))
		}
		return nil
	})
	return kinds, err
}

func count(kinds []TensorKind, name string, format quant.Type, bytes int64) []TensorKind {
	i := slices.IndexFunc(kinds, func(k TensorKind) bool { return k.Name == name && k.Format == format.String() })
	if i < 0 {
		i = len(kinds)
		kinds = append(kinds, TensorKind{Name: name, Format: format.String()})
	}
	kinds[i].Count++
	kinds[i].Bytes += bytes
	return kinds
}

// role is a tensor's name without the number of its layer.
func role(name string) string {
	if rest, ok := strings.CutPrefix(name, "blk."); ok {
		if _, part, ok := strings.Cut(rest, "."); ok {
			return "blk.*." + part
		}
	}
	return name
}

// KernelClass is one implementation of the kernels.
type KernelClass struct {
	Name  string // "dotprod"
	Chips string // what it is for, "Cortex-A76: Raspberry Pi 5"
}

// KernelClasses are those that this CPU can run, the fastest first.
func KernelClasses() []KernelClass {
	var classes []KernelClass
	for _, s := range kernel.All() {
		if s.Usable {
			classes = append(classes, KernelClass{s.Name, s.Chips})
		}
	}
	return classes
}
