package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"llamad/runtime/gguf"
)

// family is what differs between architectures.
type family struct {
	halves      bool // RoPE turns (i, i+d/2); the file's rows are not permuted
	qkvBias     bool // Q, K and V have biases
	ropeFactors bool // rope_freqs.weight may be there
}

// families are the architectures that run, by general.architecture.
var families = map[string]*family{
	"llama": {ropeFactors: true},
	"qwen2": {halves: true, qkvBias: true},
}

// Sizes beyond which a file is not believed. They keep every product of two of
// them far inside an int.
const (
	maxLayers  = 1 << 10
	maxWidth   = 1 << 18
	maxHeads   = 1 << 12
	maxContext = 1 << 24
	maxVocab   = 1 << 20
)

// readConfig reads the blueprint and refuses what would be computed wrongly.
func readConfig(f *gguf.File) (*Config, *family, error) {
	arch, err := f.String("general.architecture")
	if err != nil {
		return nil, nil, err
	}
	fam := families[arch]
	if fam == nil {
		known := slices.Sorted(maps.Keys(families))
		return nil, nil, &UnsupportedError{"general.architecture", f.Where("general.architecture"), gguf.Label(strconv.Quote(arch)), strings.Join(known, " or ")}
	}
	k := &keys{file: f, prefix: arch + "."}
	c := &Config{Architecture: arch}
	c.Layers = k.size("block_count", maxLayers)
	c.Dim = k.size("embedding_length", maxWidth)
	c.Hidden = k.size("feed_forward_length", maxWidth)
	c.Context = k.size("context_length", maxContext)
	c.Heads = k.size("attention.head_count", maxHeads)
	c.KVHeads = c.Heads
	if k.has("attention.head_count_kv") {
		c.KVHeads = k.size("attention.head_count_kv", maxHeads)
	}
	c.Eps = float32(k.number("attention.layer_norm_rms_epsilon", nil))
	if k.err != nil {
		return nil, nil, k.err
	}
	if k.has("attention.key_length") {
		c.HeadDim = k.size("attention.key_length", maxWidth)
		if v := k.size("attention.value_length", maxWidth); v != c.HeadDim {
			k.fail("attention.value_length", fmt.Sprint(v), fmt.Sprintf("%d, as long as a key", c.HeadDim))
		}
	} else if c.HeadDim = c.Dim / c.Heads; c.HeadDim*c.Heads != c.Dim {
		k.fail("attention.head_count", fmt.Sprint(c.Heads), fmt.Sprintf("a divisor of embedding_length %d", c.Dim))
	}
	c.Vocab = k.vocab()
	k.check(c.Heads%c.KVHeads == 0, "attention.head_count_kv", fmt.Sprint(c.KVHeads), fmt.Sprintf("a divisor of head_count %d", c.Heads))
	k.check(c.Dim%32 == 0, "embedding_length", fmt.Sprint(c.Dim), "a multiple of 32")
	k.check(c.Hidden%32 == 0, "feed_forward_length", fmt.Sprint(c.Hidden), "a multiple of 32")
	k.check(c.QDim()%32 == 0, "attention.head_count", fmt.Sprintf("%d heads of %d", c.Heads, c.HeadDim), "a multiple of 32 in all")
	k.check(c.Eps > 0 && c.Eps < 1, "attention.layer_norm_rms_epsilon", fmt.Sprint(c.Eps), "a small number above 0, such as 1e-05")
	k.refuse("expert_count", "no mixture of experts")
	k.refuse("attention.sliding_window", "full attention")
	k.rope(c, fam)
	return c, fam, k.err
}

// rope reads rope.*, old names and new. Types of scaling that are not computed
// here are refused: the model would still talk, and badly.
func (k *keys) rope(c *Config, fam *family) {
	c.Rope = Rope{Dims: c.HeadDim, Base: 10000, Scale: 1, Halves: fam.halves}
	if k.has("rope.dimension_count") {
		c.Rope.Dims = k.size("rope.dimension_count", maxWidth)
	}
	k.check(c.Rope.Dims%2 == 0 && c.Rope.Dims <= c.HeadDim, "rope.dimension_count", fmt.Sprint(c.Rope.Dims), fmt.Sprintf("an even number up to the head's %d", c.HeadDim))
	c.Rope.Base = k.number("rope.freq_base", &c.Rope.Base)
	k.check(c.Rope.Base > 1 && !math.IsInf(c.Rope.Base, 0), "rope.freq_base", fmt.Sprint(c.Rope.Base), "a finite number above 1, such as 10000")

	one := 1.0
	kind := k.text("rope.scaling.type", "linear")
	factor := k.number("rope.scaling.factor", &one)
	if !k.has("rope.scaling.factor") {
		factor = k.number("rope.scale_linear", &one)
	}
	k.check(kind == "none" || kind == "linear", "rope.scaling.type", gguf.Label(kind), "none or linear")
	k.check(factor > 0 && !math.IsInf(factor, 0), "rope.scaling.factor", fmt.Sprint(factor), "a finite number above 0")
	if kind == "linear" {
		c.Rope.Scale = 1 / factor
	}
	if attention := k.number("rope.scaling.attn_factor", &one); attention != 1 {
		k.fail("rope.scaling.attn_factor", fmt.Sprint(attention), "1")
	}
}

// vocab is how many rows the embedding has, which no key says.
func (k *keys) vocab() int {
	const name = "token_embd.weight"
	t, ok := k.file.Tensor(name)
	switch {
	case k.err != nil:
	case !ok:
		k.err = &UnsupportedError{"tensor " + name, -1, "missing", "the embedding of every token: the file is no complete model"}
	case len(t.Dims) != 2 || t.Dims[1] > maxVocab:
		k.err = &UnsupportedError{"tensor " + name, t.Offset, fmt.Sprintf("of shape %v", t.Dims), fmt.Sprintf("two dimensions, with 1 to %d rows", maxVocab)}
	default:
		return t.Dims[1]
	}
	return 1
}

// keys reads the keys of one architecture and keeps the first error.
type keys struct {
	file   *gguf.File
	prefix string
	err    error
}

func (k *keys) fail(key, found, expected string) {
	if k.err == nil {
		k.err = &UnsupportedError{k.prefix + key, k.file.Where(k.prefix + key), found, expected}
	}
}

func (k *keys) check(ok bool, key, found, expected string) {
	if !ok {
		k.fail(key, found, expected)
	}
}

func (k *keys) has(key string) bool { return k.file.Has(k.prefix + key) }

// size is a count from 1 to limit; after an error it is 1, so that arithmetic on
// it stays harmless.
func (k *keys) size(key string, limit uint64) int {
	v, err := k.file.Uint(k.prefix + key)
	if err != nil {
		if k.err == nil {
			k.err = err
		}
		return 1
	}
	if v < 1 || v > limit {
		k.fail(key, fmt.Sprint(v), fmt.Sprintf("1 to %d", limit))
		return 1
	}
	return int(v)
}

// number is a float; a missing one is an error where there is no default.
func (k *keys) number(key string, missing *float64) float64 {
	if missing != nil && !k.has(key) {
		return *missing
	}
	v, err := k.file.Float(k.prefix + key)
	if err != nil && k.err == nil {
		k.err = err
	}
	return v
}

func (k *keys) text(key, missing string) string {
	if !k.has(key) {
		return missing
	}
	v, err := k.file.String(k.prefix + key)
	if err != nil && k.err == nil {
		k.err = err
	}
	return v
}

// refuse fails where a key is there and not zero.
func (k *keys) refuse(key, expected string) {
	if !k.has(key) {
		return
	}
	if v, err := k.file.Uint(k.prefix + key); err != nil || v != 0 {
		k.fail(key, "set", expected)
	}
}
