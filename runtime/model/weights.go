package model

import (
	"fmt"
	"slices"

	"llamad/runtime/gguf"
	"llamad/runtime/kernel"
	"llamad/runtime/quant"
)

// Model is a blueprint and the weights it describes. The matrices are views of
// the mapped file; norms and biases, a few hundred kilobytes, are copies.
type Model struct {
	Config
	Embedding  kernel.Matrix // (vocab, dim)
	Layers     []Layer
	OutputNorm []float32     // (dim)
	Output     kernel.Matrix // (vocab, dim), the embedding itself where the file ties them

	Parameters      int64
	IntegerMatrices bool                    // some matrix runs through the int8 kernels
	FloatMatrices   bool                    // some matrix is in a float format
	Formats         map[*quant.Format]int64 // weights of each format
}

// Layer is the weights of one layer.
type Layer struct {
	AttentionNorm       []float32     // (dim)
	Q                   kernel.Matrix // (heads * head dim, dim)
	K, V                kernel.Matrix // (kv heads * head dim, dim)
	QBias, KBias, VBias []float32     // as many as Q, K, V have rows; nil in families without
	O                   kernel.Matrix // (dim, heads * head dim)
	FeedForwardNorm     []float32     // (dim)
	Gate, Up            kernel.Matrix // (hidden, dim)
	Down                kernel.Matrix // (dim, hidden)
}

// UnsupportedError is a well-formed file that llamad does not run.
type UnsupportedError struct {
	Field    string // the key or the tensor, "llama.rope.scaling.type"
	Offset   int64  // of it in the file; -1 where it is missing
	Found    string // what the file says
	Expected string // what would run
}

func (e *UnsupportedError) Error() string {
	at := ""
	if e.Offset >= 0 {
		at = fmt.Sprintf(" at byte %d", e.Offset)
	}
	return fmt.Sprintf("%s%s is %s; expected %s", e.Field, at, e.Found, e.Expected)
}

// Load finds the weights of a model in its file. Every tensor must have a role:
// one that the family does not use would change what the model computes.
func Load(f *gguf.File) (*Model, error) {
	c, fam, err := readConfig(f)
	if err != nil {
		return nil, err
	}
	m := &Model{Config: *c, Layers: make([]Layer, c.Layers), Formats: map[*quant.Format]int64{}}
	l := &loader{file: f, model: m, used: map[string]bool{}}
	m.Embedding = l.matrix("token_embd.weight", c.Vocab, c.Dim)
	for i := range m.Layers {
		l.layer(&m.Layers[i], fmt.Sprintf("blk.%d.", i), fam)
	}
	m.OutputNorm = l.vector("output_norm.weight", c.Dim)
	m.Output = m.Embedding
	if l.has("output.weight") {
		m.Output = l.matrix("output.weight", c.Vocab, c.Dim)
	}
	if fam.ropeFactors && l.has("rope_freqs.weight") {
		m.Rope.Factors = l.vector("rope_freqs.weight", c.Rope.Dims/2)
	}
	l.refuseUnused()
	if l.err != nil {
		return nil, l.err
	}
	return m, nil
}

// HeapBytes is what the model takes of Go's heap: norms and biases.
func (m *Model) HeapBytes() int64 {
	floats := len(m.OutputNorm) + len(m.Rope.Factors)
	for i := range m.Layers {
		l := &m.Layers[i]
		for _, v := range [][]float32{l.AttentionNorm, l.QBias, l.KBias, l.VBias, l.FeedForwardNorm} {
			floats += len(v)
		}
	}
	return 4 * int64(floats)
}

// loader takes tensors out of a file by name and keeps the first error.
type loader struct {
	file  *gguf.File
	model *Model
	used  map[string]bool
	err   error
}

func (l *loader) layer(y *Layer, prefix string, fam *family) {
	c := &l.model.Config
	y.AttentionNorm = l.vector(prefix+"attn_norm.weight", c.Dim)
	y.Q = l.matrix(prefix+"attn_q.weight", c.QDim(), c.Dim)
	y.K = l.matrix(prefix+"attn_k.weight", c.KVDim(), c.Dim)
	y.V = l.matrix(prefix+"attn_v.weight", c.KVDim(), c.Dim)
	if fam.qkvBias {
		y.QBias = l.vector(prefix+"attn_q.bias", c.QDim())
		y.KBias = l.vector(prefix+"attn_k.bias", c.KVDim())
		y.VBias = l.vector(prefix+"attn_v.bias", c.KVDim())
	}
	y.O = l.matrix(prefix+"attn_output.weight", c.Dim, c.QDim())
	y.FeedForwardNorm = l.vector(prefix+"ffn_norm.weight", c.Dim)
	y.Gate = l.matrix(prefix+"ffn_gate.weight", c.Hidden, c.Dim)
	y.Up = l.matrix(prefix+"ffn_up.weight", c.Hidden, c.Dim)
	y.Down = l.matrix(prefix+"ffn_down.weight", c.Dim, c.Hidden)
}

// fail notes what is wrong with a tensor.
func (l *loader) fail(name, found, expected string) {
	if l.err != nil {
		return
	}
	at := int64(-1)
	if t, ok := l.file.Tensor(name); ok {
		at = t.Offset
	}
	l.err = &UnsupportedError{Field: "tensor " + gguf.Label(name), Offset: at, Found: found, Expected: expected}
}

func (l *loader) has(name string) bool {
	_, ok := l.file.Tensor(name)
	return ok
}

// take finds a tensor of the given shape, the longest stride first as papers
// write it; the file has it the other way round.
func (l *loader) take(name string, shape ...int) (gguf.Tensor, *quant.Format) {
	t, ok := l.file.Tensor(name)
	if !ok {
		l.fail(name, "missing", fmt.Sprintf("a tensor of shape %v: the file is no complete %s model", backwards(shape), l.model.Architecture))
		return t, nil
	}
	l.used[name] = true
	same := len(t.Dims) == len(shape)
	for i := 0; same && i < len(shape); i++ {
		same = t.Dims[len(shape)-1-i] == shape[i]
	}
	if !same {
		l.fail(name, fmt.Sprintf("of shape %v", t.Dims), fmt.Sprintf("%v (the row's length first), as the file's own keys say", backwards(shape)))
		return t, nil
	}
	format, ok := quant.Lookup(t.Type)
	if !ok {
		l.fail(name, "in format "+t.Type.String(), "one of "+quant.Supported())
		return t, nil
	}
	weights := int64(1)
	for _, n := range shape {
		weights *= int64(n)
	}
	l.model.Parameters += weights
	l.model.Formats[format] += weights
	return t, format
}

// backwards is a shape as the file has it.
func backwards(shape []int) []int {
	dims := slices.Clone(shape)
	slices.Reverse(dims)
	return dims
}

func (l *loader) matrix(name string, rows, cols int) kernel.Matrix {
	t, format := l.take(name, rows, cols)
	if format == nil {
		return kernel.Matrix{}
	}
	if format.Integer() {
		l.model.IntegerMatrices = true
	} else {
		l.model.FloatMatrices = true
	}
	return kernel.Matrix{Format: format, Rows: rows, Cols: cols, Data: t.Data}
}

func (l *loader) vector(name string, n int) []float32 {
	t, format := l.take(name, n)
	if format == nil {
		return nil
	}
	if format.Integer() {
		l.fail(name, "in format "+format.Name, "F32, F16 or BF16: norms and biases are not quantized")
		return nil
	}
	v := make([]float32, n)
	format.Dequantize(v, t.Data)
	return v
}

func (l *loader) refuseUnused() {
	for _, t := range l.file.Tensors {
		if !l.used[t.Name] {
			l.fail(t.Name, "in the file", "no such tensor: the "+l.model.Architecture+" family has no use for it, and leaving it out would give wrong answers")
		}
	}
}
