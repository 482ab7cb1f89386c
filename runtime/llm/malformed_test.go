package llm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/mmap"
	"llamad/runtime/quant"
	"llamad/runtime/tokenizer"
)

// draft is a small model that is about to be written: two layers, a SentencePiece
// vocabulary of bytes and a few words. It is sound until it is changed.
type draft struct {
	keys    []draftKey
	tensors []draftTensor
}

type draftKey struct {
	name  string
	value any
}

type draftTensor struct {
	name string
	typ  quant.Type
	dims []int // the row's length first, as in the file
	data []byte
}

const (
	draftDim    = 64
	draftHidden = 96
	draftKV     = 32
)

func newDraft() *draft {
	d := &draft{}
	d.spm()
	d.set("general.architecture", "llama")
	for key, value := range map[string]any{
		"block_count": uint32(2), "context_length": uint32(128), "embedding_length": uint32(draftDim),
		"feed_forward_length": uint32(draftHidden), "attention.head_count": uint32(4), "attention.head_count_kv": uint32(2),
		"attention.layer_norm_rms_epsilon": float32(1e-5), "rope.dimension_count": uint32(16), "rope.freq_base": float32(10000),
	} {
		d.set("llama."+key, value)
	}
	d.matrix("token_embd.weight", len(d.tokens()), draftDim)
	for _, p := range []string{"blk.0.", "blk.1."} {
		d.norm(p + "attn_norm.weight")
		d.matrix(p+"attn_q.weight", draftDim, draftDim)
		d.matrix(p+"attn_k.weight", draftKV, draftDim)
		d.matrix(p+"attn_v.weight", draftKV, draftDim)
		d.matrix(p+"attn_output.weight", draftDim, draftDim)
		d.norm(p + "ffn_norm.weight")
		d.matrix(p+"ffn_gate.weight", draftHidden, draftDim)
		d.matrix(p+"ffn_up.weight", draftHidden, draftDim)
		d.matrix(p+"ffn_down.weight", draftDim, draftHidden)
	}
	d.norm("output_norm.weight")
	return d
}

// spm is a vocabulary of every byte and a few words.
func (d *draft) spm() {
	tokens, types := []string{"<unk>", "<s>", "</s>"}, []int32{2, 3, 3}
	for b := range 256 {
		tokens, types = append(tokens, fmt.Sprintf("<0x%02X>", b)), append(types, 6)
	}
	for _, word := range []string{"a", "b", "ab", "\u2581a"} {
		tokens, types = append(tokens, word), append(types, 1)
	}
	scores := make([]float32, len(tokens))
	for i := range scores {
		scores[i] = -float32(i)
	}
	d.vocabulary("llama", tokens, types)
	d.set("tokenizer.ggml.scores", scores)
	d.set("tokenizer.ggml.unknown_token_id", uint32(0))
}

// bpe is a byte-level vocabulary with one merge, of as many tokens as spm has.
func (d *draft) bpe() {
	tokens, types := []string{"<pad>", "<|im_start|>", "<|im_end|>"}, []int32{3, 3, 3}
	next := rune(256)
	for b := range rune(256) { // as GPT-2 spells a byte: itself where it can be seen
		if !(b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae) {
			b, next = next, next+1
		}
		tokens, types = append(tokens, string(b)), append(types, 1)
	}
	d.drop("tokenizer.ggml.scores")
	d.drop("tokenizer.ggml.unknown_token_id")
	d.vocabulary("gpt2", append(tokens, "ab", "cd", "ef", "gh"), append(types, 1, 1, 1, 1))
	d.set("tokenizer.ggml.pre", "gpt-2")
	d.set("tokenizer.ggml.merges", []string{"a b", "c d", "e f", "g h"})
}

func (d *draft) vocabulary(model string, tokens []string, types []int32) {
	d.set("tokenizer.ggml.model", model)
	d.set("tokenizer.ggml.tokens", tokens)
	d.set("tokenizer.ggml.token_type", types)
	d.set("tokenizer.ggml.bos_token_id", uint32(1))
	d.set("tokenizer.ggml.eos_token_id", uint32(2))
}

func (d *draft) set(name string, value any) {
	for i := range d.keys {
		if d.keys[i].name == name {
			d.keys[i].value = value
			return
		}
	}
	d.keys = append(d.keys, draftKey{name, value})
}

func (d *draft) drop(name string) {
	d.keys = slices.DeleteFunc(d.keys, func(k draftKey) bool { return k.name == name })
}

func (d *draft) value(name string) any {
	return d.keys[slices.IndexFunc(d.keys, func(k draftKey) bool { return k.name == name })].value
}

func (d *draft) tokens() []string { return d.value("tokenizer.ggml.tokens").([]string) }
func (d *draft) types() []int32   { return d.value("tokenizer.ggml.token_type").([]int32) }
func (d *draft) scores() []float32 {
	return d.value("tokenizer.ggml.scores").([]float32)
}

// norm is a vector of ones.
func (d *draft) norm(name string) {
	data := make([]byte, 4*draftDim)
	for i := range draftDim {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(1))
	}
	d.tensors = append(d.tensors, draftTensor{name, quant.F32, []int{draftDim}, data})
}

// matrix has weights of about a tenth in Q8_0: blocks of a scale in f16 and 32
// int8.
func (d *draft) matrix(name string, rows, cols int) {
	data := make([]byte, rows*cols/32*34)
	for i := range data {
		data[i] = byte(i*7 + len(d.tensors))
	}
	t := draftTensor{name, quant.Q8_0, []int{cols, rows}, data}
	t.scale(0x1400) // 2^-10
	d.tensors = append(d.tensors, t)
}

// scale sets every scale of a matrix.
func (t *draftTensor) scale(f16 uint16) {
	for at := 0; at < len(t.data); at += 34 {
		binary.LittleEndian.PutUint16(t.data[at:], f16)
	}
}

func (d *draft) tensor(name string) *draftTensor {
	return &d.tensors[slices.IndexFunc(d.tensors, func(t draftTensor) bool { return t.name == name })]
}

func (d *draft) remove(name string) {
	d.tensors = slices.DeleteFunc(d.tensors, func(t draftTensor) bool { return t.name == name })
}

// bytes are those of the file.
func (d *draft) bytes() []byte {
	var w gguf.Writer
	for _, k := range d.keys {
		if raw, is := k.value.(rawValue); is {
			w.SetRaw(k.name, raw.kind, raw.bytes)
			continue
		}
		w.Set(k.name, k.value)
	}
	for _, x := range d.tensors {
		w.Add(x.name, x.typ, x.dims, x.data)
	}
	return w.Bytes()
}

// write makes the file.
func (d *draft) write(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "draft.gguf")
	if err := os.WriteFile(path, d.bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// rawValue is a value that no Go type stands for.
type rawValue struct {
	kind  gguf.ValueType
	bytes []byte
}

// What becomes of a file.
type verdict int

const (
	refused verdict = iota // at open, with an error that names the field
	warned                 // it answers, and a warning names the field
	fine                   // it answers: odd, and harmless
	failed                 // it opens, and the first prompt is a *ModelError
)

// badModel is one way for a well-formed file to be no good model. Items 1 to 55
// are those of the format itself, in package gguf.
type badModel struct {
	item    int
	name    string
	verdict verdict
	names   string // what the error or the warning names
	change  func(*draft)
}

func badModels() []badModel {
	const arch, vocab = "llama.", "tokenizer.ggml."
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	set := func(key string, value any) func(*draft) { return func(d *draft) { d.set(key, value) } }
	key := func(item int, name, key string, value any) badModel {
		return badModel{item, fmt.Sprintf("%s %s", key, name), refused, key, set(key, value)}
	}
	tokenAt := func(i int, text string) func(*draft) { return func(d *draft) { d.tokens()[i] = text } }
	merges := func(list ...string) func(*draft) {
		return func(d *draft) { d.bpe(); d.set(vocab+"merges", list) }
	}
	embedding := func(f16 uint16) func(*draft) {
		return func(d *draft) { d.tensor("token_embd.weight").scale(f16) }
	}
	layer := func(f16 uint16) func(*draft) {
		return func(d *draft) { d.tensor("blk.1.ffn_up.weight").scale(f16) }
	}
	list := []badModel{
		{0, "as it should be", fine, "", func(*draft) {}},
		{0, "as it should be, byte-level", fine, "", (*draft).bpe},

		{56, "no architecture", refused, "general.architecture", func(d *draft) { d.drop("general.architecture") }},
		key(56, "unknown", "general.architecture", "mamba"),
		key(56, "no string", "general.architecture", uint32(7)),

		key(57, "0", arch+"block_count", uint32(0)),
		key(57, "2^31", arch+"block_count", uint32(1<<31)),
		{56, "an architecture of 1 MiB", refused, "general.architecture", set("general.architecture", strings.Repeat("\x1b]0;x\n", 1<<17))},
		{60, "a scaling type of 1 MiB", refused, "rope.scaling.type", set(arch+"rope.scaling.type", strings.Repeat("\x1b]0;x\n", 1<<17))},
		{74, "a pre-tokenizer of 1 MiB", refused, vocab + "pre", func(d *draft) { d.bpe(); d.set(vocab+"pre", strings.Repeat("\x1b]0;x\n", 1<<17)) }},
		{61, "a tensor nobody uses, with a name for terminals", refused, "tensor ", func(d *draft) { d.norm("\x1b]0;x\x07\n") }},
		key(57, "-1", arch+"block_count", int32(-1)),
		{57, "block_count more than there are tensors", refused, "blk.2.", set(arch+"block_count", uint32(3))},
		{57, "block_count less than there are tensors", refused, "blk.1.", set(arch+"block_count", uint32(1))},

		key(58, "0", arch+"attention.head_count", uint32(0)),
		key(58, "0", arch+"attention.head_count_kv", uint32(0)),
		key(58, "more than heads", arch+"attention.head_count_kv", uint32(8)),
		key(58, "no divisor of heads", arch+"attention.head_count_kv", uint32(3)),
		key(58, "no divisor of the width", arch+"attention.head_count", uint32(6)),
		key(58, "0", arch+"embedding_length", uint32(0)),
		key(58, "0", arch+"feed_forward_length", uint32(0)),

		key(59, "0", arch+"context_length", uint32(0)),
		key(59, "2^31", arch+"context_length", uint32(1<<31)),

		key(60, "odd", arch+"rope.dimension_count", uint32(15)),
		key(60, "more than a head", arch+"rope.dimension_count", uint32(18)),
		key(60, "0", arch+"rope.freq_base", float32(0)),
		key(60, "NaN", arch+"rope.freq_base", nan),
		key(60, "infinite", arch+"rope.freq_base", inf),
		key(60, "NaN", arch+"attention.layer_norm_rms_epsilon", nan),
		key(60, "0", arch+"attention.layer_norm_rms_epsilon", float32(0)),
		key(60, "negative", arch+"attention.layer_norm_rms_epsilon", float32(-1e-5)),
		key(60, "0", arch+"rope.scaling.factor", float32(0)),
		key(60, "unknown", arch+"rope.scaling.type", "yarn"),

		{61, "no embedding", refused, "token_embd.weight", func(d *draft) { d.remove("token_embd.weight") }},
		{61, "no norm", refused, "output_norm.weight", func(d *draft) { d.remove("output_norm.weight") }},
		{61, "no matrix", refused, "blk.1.attn_k.weight", func(d *draft) { d.remove("blk.1.attn_k.weight") }},
		{62, "another shape", refused, "blk.0.attn_k.weight", func(d *draft) { d.tensor("blk.0.attn_k.weight").dims = []int{32, 64} }},
		{62, "a matrix for a vector", refused, "output_norm.weight", func(d *draft) { d.tensor("output_norm.weight").dims = []int{32, 2} }},
		{62, "transposed", refused, "blk.0.ffn_down.weight", func(d *draft) { d.tensor("blk.0.ffn_down.weight").dims = []int{64, 96} }},
		{63, "a quantized norm", refused, "output_norm.weight", func(d *draft) {
			*d.tensor("output_norm.weight") = draftTensor{"output_norm.weight", quant.Q8_0, []int{64}, make([]byte, 2*34)}
		}},
		{63, "a format that does not run", refused, "blk.0.attn_q.weight", func(d *draft) {
			*d.tensor("blk.0.attn_q.weight") = draftTensor{"blk.0.attn_q.weight", quant.Type(24), []int{64, 64}, make([]byte, 64*64)}
		}},
		{64, "a tensor twice", refused, "blk.0.attn_q.weight", func(d *draft) { d.tensors = append(d.tensors, *d.tensor("blk.0.attn_q.weight")) }},

		{65, "no tokens", refused, vocab + "tokens", func(d *draft) { d.drop(vocab + "tokens") }},
		key(65, "empty", vocab+"tokens", []string{}),
		key(65, "10^9 announced", vocab+"tokens", rawValue{gguf.Array, binary.LittleEndian.AppendUint64([]byte{byte(gguf.String), 0, 0, 0}, 1e9)}),
		{66, "scores too few", refused, vocab + "scores", func(d *draft) { d.set(vocab+"scores", d.scores()[1:]) }},
		{66, "scores too many", refused, vocab + "scores", func(d *draft) { d.set(vocab+"scores", append(d.scores(), 1)) }},
		{66, "types too few", refused, vocab + "token_type", func(d *draft) { d.set(vocab+"token_type", d.types()[1:]) }},
		{67, "types in int8", refused, vocab + "token_type", func(d *draft) { d.set(vocab+"token_type", make([]int8, len(d.tokens()))) }},
		{67, "scores in int8", refused, vocab + "scores", func(d *draft) { d.set(vocab+"scores", make([]int8, len(d.tokens()))) }},
		key(68, "as strings", vocab+"scores", []string{"0"}),
		{68, "a score NaN", refused, vocab + "scores[9]", func(d *draft) { d.scores()[9] = nan }},
		{68, "a score infinite", refused, vocab + "scores[9]", func(d *draft) { d.scores()[9] = inf }},
		{69, "more tokens than rows", refused, vocab + "tokens", func(d *draft) {
			d.set(vocab+"tokens", append(d.tokens(), "more"))
			d.set(vocab+"token_type", append(d.types(), 1))
			d.set(vocab+"scores", append(d.scores(), 1))
		}},
		{69, "fewer tokens than rows, as padded models have", fine, "", func(d *draft) {
			t := d.tensor("token_embd.weight")
			t.dims, t.data = []int{t.dims[0], t.dims[1] + 1}, append(t.data, t.data[:2*34]...)
		}},
		key(70, "beyond the vocabulary", vocab+"bos_token_id", uint32(263)),
		key(70, "2^32-1", vocab+"eos_token_id", uint32(math.MaxUint32)),
		key(70, "negative", vocab+"unknown_token_id", int32(-1)),
		{71, `byte "<0x-1>"`, refused, vocab + "tokens[3]", tokenAt(3, "<0x-1>")},
		{71, `byte "<0xZZ>"`, refused, vocab + "tokens[3]", tokenAt(3, "<0xZZ>")},
		{71, "a byte missing", refused, vocab + "tokens", func(d *draft) { d.tokens()[3], d.types()[3] = "x", 1 }},
		{72, "a token of 1 MiB", refused, vocab + "tokens[260]", tokenAt(260, strings.Repeat("x", 1<<20))},
		{72, "a control token of 1 KiB", refused, vocab + "tokens[1]", tokenAt(1, strings.Repeat("x", 1<<10))},
		{73, "a token twice", refused, vocab + "tokens[260]", tokenAt(260, "a")},
		{73, "an empty token", fine, "", tokenAt(260, "")},
		{74, "a merge of an unknown token", refused, vocab + "merges[0]", merges("nobody b")},
		{74, "a merge into an unknown token", refused, vocab + "merges[0]", merges("b a")},
		{74, "a merge without a space", refused, vocab + "merges[0]", merges("ab")},
		{75, "a template that reaches for Python", warned, "template", set("tokenizer.chat_template", "{{ ''.__class__.__mro__[1].__subclasses__() }}")},
		{75, "a template that never ends", warned, "template", set("tokenizer.chat_template", "{% for i in range(10**9) %}{% for j in range(10**9) %}x{% endfor %}{% endfor %}")},
		{75, "a template that is none", warned, "template", set("tokenizer.chat_template", "{% if %}")},
		key(75, "of 10 MiB", "tokenizer.chat_template", strings.Repeat("x", 10<<20)),
		{76, "every token a control token", refused, vocab + "tokens", func(d *draft) {
			for i := range d.types() {
				d.types()[i] = 3
			}
		}},

		{77, "scales NaN in the embedding", failed, "", embedding(0x7e00)},
		{77, "scales infinite in the embedding", failed, "", embedding(0x7c00)},
		{77, "scales NaN in a layer", failed, "", layer(0x7e00)},
		{77, "scales infinite in a layer", failed, "", layer(0xfc00)},
		{77, "a norm NaN", failed, "", func(d *draft) {
			binary.LittleEndian.PutUint32(d.tensor("blk.0.attn_norm.weight").data, math.Float32bits(nan))
		}},
		{77, "scales subnormal", fine, "", layer(0x0001)},
		{77, "scales as large as they get", fine, "", layer(0x7bff)},
		{78, "all weights zero", fine, "", func(d *draft) {
			for i := range d.tensors {
				clear(d.tensors[i].data)
			}
		}},
	}
	return list
}

// Whatever a file claims to be, it is refused by name, or it answers, or it fails
// the prompt: never the process.
func TestMalformedModels(t *testing.T) {
	list := badModels()
	for _, b := range list {
		t.Run(fmt.Sprintf("%d %s", b.item, b.name), func(t *testing.T) {
			d := newDraft()
			b.change(d)
			path := d.write(t)
			d = nil

			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			inUse := mmap.InUse()
			m, err := Open(context.Background(), path, Options{Budget: 64 << 20, Context: 64, ThreadsPrefill: 2, ThreadsDecode: 2})
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc + uint64(mmap.InUse()-inUse); n > 16<<20 {
				t.Errorf("%d bytes taken", n)
			}
			if b.verdict == refused {
				checkRefusal(t, err, b.names)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			if all := strings.Join(m.Info().Warnings, "\n"); b.verdict == warned && !strings.Contains(all, b.names) {
				t.Errorf("warnings %q, want one on %q", all, b.names)
			}
			ids, err := m.Encode(Prompt{Text: "ab a"})
			if err != nil {
				t.Fatal(err)
			}
			r, _, err := generate(t, m, context.Background(), "", ids, greedy(4))
			var broken *ModelError
			switch {
			case b.verdict == failed && !errors.As(err, &broken):
				t.Errorf("%+v, %v; want a *ModelError", r, err)
			case b.verdict == failed && r.Text != "":
				t.Errorf("an answer to it: %q", r.Text)
			case b.verdict != failed && err != nil:
				t.Error(err)
			}
		})
	}
	if len(list) < 75 {
		t.Errorf("%d files, some got lost", len(list))
	}
}

// checkRefusal wants an error that names a field and goes on one line of a log.
func checkRefusal(t *testing.T, err error, names string) {
	t.Helper()
	var format *gguf.Error
	var unsupported *UnsupportedError
	var vocabulary *tokenizer.Error
	if !errors.As(err, &format) && !errors.As(err, &unsupported) && !errors.As(err, &vocabulary) {
		t.Fatalf("%v, want a refusal", err)
	}
	text := err.Error()
	if missing := strings.Contains(text, " is missing"); missing == strings.Contains(text, " at byte ") {
		t.Errorf("%q does not say where in the file", text)
	}
	if !strings.Contains(text, names) {
		t.Errorf("%q does not name %q", text, names)
	}
	if len(text) > 600 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		t.Errorf("message that spoils a log: %q", text)
	}
}
