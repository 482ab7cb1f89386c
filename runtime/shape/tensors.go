package shape

import (
	"fmt"

	"llamad/runtime/quant"
)

// tensor is a matrix of random weights, or a vector of one value.
type tensor struct {
	name  string
	rows  int // 0 for a vector
	cols  int
	value float32 // of a vector
}

// bytes is the size of the tensor where matrices are in format f; vectors are
// always F32.
func (t *tensor) bytes(f *quant.Format) int {
	if t.rows == 0 {
		return 4 * t.cols
	}
	return t.rows * f.RowBytes(t.cols)
}

// tensors lists what the file consists of, in the order in which a pass over the
// model reads it.
func (s *Shape) tensors() []tensor {
	var list []tensor
	matrix := func(name string, rows, cols int) { list = append(list, tensor{name, rows, cols, 0}) }
	vector := func(name string, n int, value float32) { list = append(list, tensor{name, 0, n, value}) }

	kvDim := s.Dim / s.Heads * s.KVHeads
	matrix("token_embd.weight", s.Vocab, s.Dim)
	for i := range s.Layers {
		p := fmt.Sprintf("blk.%d.", i)
		vector(p+"attn_norm.weight", s.Dim, 1)
		matrix(p+"attn_q.weight", s.Dim, s.Dim)
		matrix(p+"attn_k.weight", kvDim, s.Dim)
		matrix(p+"attn_v.weight", kvDim, s.Dim)
		if s.Architecture == "qwen2" {
			vector(p+"attn_q.bias", s.Dim, 0)
			vector(p+"attn_k.bias", kvDim, 0)
			vector(p+"attn_v.bias", kvDim, 0)
		}
		matrix(p+"attn_output.weight", s.Dim, s.Dim)
		vector(p+"ffn_norm.weight", s.Dim, 1)
		matrix(p+"ffn_gate.weight", s.Hidden, s.Dim)
		matrix(p+"ffn_up.weight", s.Hidden, s.Dim)
		matrix(p+"ffn_down.weight", s.Dim, s.Hidden)
	}
	vector("output_norm.weight", s.Dim, 1)
	if !s.Tied {
		matrix("output.weight", s.Vocab, s.Dim)
	}
	return list
}
