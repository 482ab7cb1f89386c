package tokenizer

import (
	"slices"
	"testing"
)

// TestVectors compares with ids that llama.cpp gave.
func TestVectors(t *testing.T) {
	for _, name := range []string{"llama-spm", "smollm2"} {
		tok := load(t, name)
		for _, v := range readVectors(t, name) {
			if got := tok.Encode(v.Text, false); !slices.Equal(got, v.Plain) {
				t.Errorf("%s, plain %q:\n got %v\nwant %v", name, v.Text, got, v.Plain)
			}
			if got := tok.Encode(v.Text, true); !slices.Equal(got, v.Special) {
				t.Errorf("%s, special %q:\n got %v\nwant %v", name, v.Text, got, v.Special)
			}
		}
	}
}
