package llm

import (
	"cmp"
	"iter"
	"slices"

	"llamad/runtime/kernel"
	"llamad/runtime/quant"
)

// FormatKernels says what multiplies the matrices of one format.
type FormatKernels struct {
	Format  string // "Q8_0"
	Bytes   int64  // of these matrices
	Decode  string // kernel for a token of the answer, "GemvDotQ8_0"
	Prefill string // kernel for a batch of the prompt, "GemmDot32"
}

func (m *Model) kernels() []FormatKernels {
	bytes := map[*quant.Format]int64{}
	for w := range m.matrices() {
		bytes[w.Format] += int64(len(w.Data))
	}
	var list []FormatKernels
	for f, n := range bytes {
		k := m.kernel.Kernels(f)
		list = append(list, FormatKernels{Format: f.Name, Bytes: n, Decode: k.Gemv, Prefill: k.Gemm})
	}
	slices.SortFunc(list, func(a, b FormatKernels) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Format, b.Format))
	})
	return list
}

// TokenBytes is how many bytes of weights are read for one token of an answer.
func (m *Model) TokenBytes() int64 {
	n := m.model.Embedding.Format.RowBytes(m.model.Dim)
	for w := range m.matrices() {
		n += len(w.Data)
	}
	return int64(n)
}

// matrices are those that a token is multiplied with.
func (m *Model) matrices() iter.Seq[*kernel.Matrix] {
	return func(yield func(*kernel.Matrix) bool) {
		for i := range m.model.Layers {
			l := &m.model.Layers[i]
			for _, w := range []*kernel.Matrix{&l.Q, &l.K, &l.V, &l.O, &l.Gate, &l.Up, &l.Down} {
				if !yield(w) {
					return
				}
			}
		}
		yield(&m.model.Output)
	}
}
