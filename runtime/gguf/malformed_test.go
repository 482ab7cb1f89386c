package gguf

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"llamad/runtime/quant"
)

// sound is a small file without fault, to be made wrong in one place.
func sound() *Writer {
	w := &Writer{}
	w.Set("general.architecture", "llama")
	w.Set("llama.block_count", uint32(1))
	w.Set("tokenizer.ggml.tokens", []string{"<unk>", "a", "bc"})
	w.Set("tokenizer.ggml.scores", []float32{0, -1, -2})
	w.Set("tokenizer.ggml.flags", []bool{true, false, true})
	w.Set("tokenizer.ggml.add_bos_token", true)
	w.Add("norm", quant.F32, []int{8}, make([]byte, 32))
	w.Add("matrix", quant.Q8_0, []int{64, 2}, make([]byte, 4*34))
	w.Add("last", quant.F16, []int{16, 2}, make([]byte, 64))
	return w
}

// badFile is one way to be wrong. An item is one thing that has brought down a GGUF
// reader somewhere, with its variants. Items 53 to 55, which are trailing bytes, a
// sparse file and a file cut at random, are in gguf_test.go.
type badFile struct {
	item  int
	name  string
	bytes []byte
	field string // that the error names
	at    int64  // and its offset
	kind  error
}

// patched is a sound file with one field overwritten; the error names that field.
func patched(item int, name, field string, value uint64, kind error) badFile {
	return changed(item, name, field, field, kind, func(w *Writer) { w.Patch(field, value) })
}

// changed is a sound file with something done to it. where is the writer's field
// at whose offset the error is.
func changed(item int, name, field, where string, kind error, change func(w *Writer)) badFile {
	w := sound()
	change(w)
	return badFile{item, name, w.Bytes(), field, w.Offset(where), kind}
}

// set is a sound file with one more key.
func set(item int, name, field, where, key string, value any) badFile {
	return changed(item, name, field, where, ErrMalformed, func(w *Writer) { w.Set(key, value) })
}

// head is the beginning of a file: magic, version and counts.
func head(magic string, version uint32, tensors, keys uint64) []byte {
	w := &Writer{Version: version}
	w.Patch("tensor_count", tensors)
	w.Patch("metadata_kv_count", keys)
	return append([]byte(magic), w.Bytes()[4:]...)
}

func badFiles() []badFile {
	const huge = math.MaxUint64
	var list []badFile
	add := func(b ...badFile) { list = append(list, b...) }
	header := func(item int, name string, b []byte, field string, at int64, kind error) {
		add(badFile{item, name, b, field, at, kind})
	}

	header(1, "empty file", nil, "magic", 0, ErrTruncated)
	for n := 1; n < 24; n++ {
		field, at := "magic", int64(0)
		switch {
		case n >= 16:
			field, at = "metadata_kv_count", 16
		case n >= 8:
			field, at = "tensor_count", 8
		case n >= 4:
			field, at = "version", 4
		}
		header(2, fmt.Sprintf("header cut at %d", n), head("GGUF", 3, 0, 0)[:n], field, at, ErrTruncated)
	}
	for _, magic := range []string{"FUGG", "gguf", "GUFF", "\x00\x00\x00\x00", "vers", "<htm", "ggjt", "PK\x03\x04"} {
		header(3, fmt.Sprintf("magic %q", magic), head(magic, 3, 0, 0), "magic", 0, ErrUnsupported)
	}
	zero := head("GGUF", 3, 0, 0)
	zero[4] = 0
	header(4, "version 0", zero, "version", 4, ErrUnsupported)
	header(5, "version 1", head("GGUF", 1, 0, 0), "version", 4, ErrUnsupported)
	header(6, "version 4", head("GGUF", 4, 0, 0), "version", 4, ErrUnsupported)
	header(7, "big-endian version 3", head("GGUF", 3<<24, 0, 0), "version", 4, ErrUnsupported)
	header(8, "tensor_count 2^64-1", head("GGUF", 3, huge, 0), "tensor_count", 8, ErrMalformed)
	header(9, "tensor_count 2^32 in 24 bytes", head("GGUF", 3, 1<<32, 0), "tensor_count", 8, ErrMalformed)
	header(9, "tensor_count 2^14 in 24 bytes", head("GGUF", 3, 1<<14, 0), "tensor_count", 8, ErrTruncated)
	header(10, "metadata_kv_count 2^64-1", head("GGUF", 3, 0, huge), "metadata_kv_count", 16, ErrMalformed)
	header(11, "metadata_kv_count 2^31", head("GGUF", 3, 0, 1<<31), "metadata_kv_count", 16, ErrMalformed)
	header(11, "metadata_kv_count 2^12 in 24 bytes", head("GGUF", 3, 0, 1<<12), "metadata_kv_count", 16, ErrTruncated)
	one := &Writer{}
	one.Set("general.architecture", "llama")
	one.Patch("metadata_kv_count", 2)
	header(12, "one key more than there is", one.Bytes(), "metadata[1].key", int64(len(one.Bytes())), ErrTruncated)

	const firstKey = "metadata[0].key"
	add(
		patched(13, "key length 2^64-1", firstKey, huge, ErrMalformed),
		patched(14, "key length 2^63", firstKey, 1<<63, ErrMalformed),
		patched(15, "key longer than the file", firstKey, 60000, ErrTruncated),
		patched(16, "empty key", firstKey, 0, ErrMalformed),
		set(17, "key of 64 KiB", "metadata[6].key", "metadata[6].key", strings.Repeat("k", 1<<16), uint8(1)),
		set(18, "key no UTF-8", "metadata[6].key", "metadata[6].key", "general.\xff", uint8(1)),
		set(18, "key with NUL", "metadata[6].key", "metadata[6].key", "general.a\x00b", uint8(1)),
		set(19, "key twice", "metadata[6].key", "metadata[6].key", "llama.block_count", uint32(2)),
		patched(20, "value type 13", "value type of general.architecture", 13, ErrMalformed),
		patched(20, "value type -1", "value type of general.architecture", huge, ErrMalformed),
		patched(20, "value type 2^31", "value type of general.architecture", 1<<31, ErrMalformed),
		patched(21, "string of 2^40 bytes", "general.architecture", 1<<40, ErrMalformed),
		patched(21, "string of 2^20 bytes", "general.architecture", 1<<20, ErrTruncated),
		set(21, "chat template over 64 KiB", "tokenizer.chat_template", "tokenizer.chat_template", "tokenizer.chat_template", strings.Repeat("t", 64<<10+1)),
		patched(22, "array of 2^61 float32", "length of tokenizer.ggml.scores", 1<<61, ErrMalformed),
		patched(22, "array of 2^20 float32", "length of tokenizer.ggml.scores", 1<<20, ErrTruncated),
		patched(23, "array of 2^30 strings", "length of tokenizer.ggml.tokens", 1<<30, ErrMalformed),
		patched(23, "array of 2^20 strings", "length of tokenizer.ggml.tokens", 1<<20, ErrTruncated),
		patched(23, "string of 2^63 bytes in an array", "tokenizer.ggml.tokens[1]", 1<<63, ErrMalformed),
		set(24, "array of arrays", "element type of nested", "element type of nested", "nested", [][]uint32{{1}, {2, 3}}),
		changed(24, "arrays 10,000 deep", "element type of nested", "nested", ErrMalformed, func(w *Writer) {
			w.SetRaw("nested", Array, []byte(strings.Repeat("\x09\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", 10000)))
		}),
		patched(25, "element type 99", "element type of tokenizer.ggml.scores", 99, ErrMalformed),
		patched(26, "bool 2", "tokenizer.ggml.add_bos_token", 2, ErrMalformed),
		patched(26, "bool 2 in an array", "tokenizer.ggml.flags[1]", 2, ErrMalformed),
		set(27, "string with NUL", "general.name", "general.name", "general.name", "a\x00b"),
		set(27, "string no UTF-8", "general.name", "general.name", "general.name", "a\xc3"),
	)
	for _, a := range []uint32{0, 13, 1 << 31, 1 << 17} {
		item := map[uint32]int{0: 28, 13: 29}[a]
		if item == 0 {
			item = 30
		}
		add(set(item, fmt.Sprintf("alignment %d", a), "general.alignment", "general.alignment", "general.alignment", a))
	}
	add(
		set(31, "alignment of type int32", "general.alignment", "general.alignment", "general.alignment", int32(32)),
		set(31, "alignment of type string", "general.alignment", "general.alignment", "general.alignment", "32"),
		set(31, "alignment of type array", "general.alignment", "element type of general.alignment", "general.alignment", []uint32{32}),
	)

	const firstName = "tensor[0].name"
	add(
		patched(32, "name length 2^64-1", firstName, huge, ErrMalformed),
		patched(32, "empty name", firstName, 0, ErrMalformed),
		changed(33, "name of 64 bytes", "tensor[3].name", "tensor[3].name", ErrMalformed, func(w *Writer) {
			w.Add(strings.Repeat("n", 64), quant.F32, []int{1}, make([]byte, 4))
		}),
		changed(34, "name twice", "tensor[3].name", "tensor[3].name", ErrMalformed, func(w *Writer) {
			w.Add("norm", quant.F32, []int{1}, make([]byte, 4))
		}),
		patched(35, "n_dims 0", "n_dims of tensor norm", 0, ErrMalformed),
		patched(36, "n_dims 5", "n_dims of tensor norm", 5, ErrMalformed),
		patched(37, "n_dims 2^32-1", "n_dims of tensor norm", 1<<32-1, ErrMalformed),
		patched(39, "row of 0", "dims[0] of tensor matrix", 0, ErrMalformed),
		patched(39, "0 rows", "dims[1] of tensor matrix", 0, ErrMalformed),
	)
	tooLarge := func(item int, name, tensor string, dims ...uint64) {
		field := "dims of tensor " + tensor
		add(changed(item, name, field, field, ErrTruncated, func(w *Writer) {
			for i, d := range dims {
				w.Patch(fmt.Sprintf("dims[%d] of tensor %s", i, tensor), d)
			}
		}))
	}
	tooLarge(38, "row of -1", "norm", huge)
	tooLarge(38, "-1 rows", "last", 16, huge)
	tooLarge(40, "2^32 x 2^32", "last", 1<<32, 1<<32)
	tooLarge(41, "2^62 float32", "norm", 1<<62)
	tooLarge(42, "2^63-3 float32", "norm", 1<<63-3)
	tooLarge(43, "0x7fffffffffffffc0 bytes", "last", 0x3fffffffffffffe0, 1)
	tooLarge(46, "2^64-32 in Q8_0", "matrix", 1<<64-32, 1)
	tooLarge(46, "2^59 blocks of Q8_0, 2^32 rows", "matrix", 1<<63, 1<<32)
	for _, id := range []uint64{255, huge, 4, 5, 17, 31} {
		add(patched(44, fmt.Sprintf("tensor type %d", uint32(id)), "type of tensor matrix", id, ErrUnsupported))
	}
	add(
		patched(45, "row of 33 in Q8_0", "dims[0] of tensor matrix", 33, ErrMalformed),
		patched(47, "offset 2^64-1", "offset of tensor matrix", huge, ErrMalformed),
		patched(48, "offset not aligned", "offset of tensor matrix", 33, ErrMalformed),
		patched(49, "offset wraps into the metadata", "offset of tensor matrix", huge-31, ErrMalformed),
		patched(49, "offset of the tensor before", "offset of tensor matrix", 0, ErrMalformed),
		patched(49, "offset inside the tensor before", "offset of tensor last", 64, ErrMalformed),
		patched(50, "gap before a tensor", "offset of tensor last", 32+160+32, ErrMalformed),
		changed(50, "tensors in another order", "offset of tensor matrix", "offset of tensor matrix", ErrMalformed, func(w *Writer) {
			w.Patch("offset of tensor matrix", 96)
			w.Patch("offset of tensor last", 32)
		}),
	)
	short := changed(51, "one byte of data missing", "data of tensor last", "data of tensor last", ErrTruncated, func(*Writer) {})
	short.bytes = short.bytes[:len(short.bytes)-1]
	none := changed(52, "no data", "data of tensor norm", "data of tensor norm", ErrTruncated, func(*Writer) {})
	none.bytes = none.bytes[:none.at]
	add(short, none)
	return list
}

func TestMalformed(t *testing.T) {
	list := badFiles()
	for _, b := range list {
		t.Run(fmt.Sprintf("%d %s", b.item, b.name), func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := Parse(b.bytes)
			runtime.ReadMemStats(&after)
			var e *Error
			if f != nil || !errors.As(err, &e) {
				t.Fatalf("got %v, %v; want an *Error", f, err)
			}
			if e.Field != b.field && e.Field != Label(b.field) {
				t.Errorf("field %q, want %q", e.Field, b.field)
			}
			if e.Offset != b.at {
				t.Errorf("offset %d, want %d", e.Offset, b.at)
			}
			if !errors.Is(err, b.kind) {
				t.Errorf("kind %v, want %v", e.Err, b.kind)
			}
			if e.Found == "" || e.Expected == "" || e.Cure == "" {
				t.Errorf("incomplete: %v", err)
			}
			if text := err.Error(); len(text) > 600 || strings.ContainsAny(text, "\n\x00") {
				t.Errorf("message that spoils a log: %q", text)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%d bytes allocated for a file of %d", n, len(b.bytes))
			}
		})
	}
	if len(list) < 90 {
		t.Errorf("%d files, some got lost", len(list))
	}
}
