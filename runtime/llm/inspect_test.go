package llm

import (
	"slices"
	"testing"

	"llamad/runtime/quant"
)

func TestTensorsAreCountedByRoleAndFormat(t *testing.T) {
	var kinds []TensorKind
	for _, x := range []struct {
		name   string
		format quant.Type
	}{
		{"token_embd.weight", quant.Q8_0},
		{"blk.0.attn_v.weight", quant.Q6_K},
		{"blk.1.attn_v.weight", quant.Q4_K},
		{"blk.10.attn_v.weight", quant.Q4_K},
		{"blk.odd", quant.F32},
	} {
		kinds = count(kinds, role(x.name), x.format, 10)
	}
	want := []TensorKind{
		{"token_embd.weight", "Q8_0", 1, 10},
		{"blk.*.attn_v.weight", "Q6_K", 1, 10},
		{"blk.*.attn_v.weight", "Q4_K", 2, 20},
		{"blk.odd", "F32", 1, 10},
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("kinds %v, expected %v", kinds, want)
	}
}
