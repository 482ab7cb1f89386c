package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"

	"llamad/runtime/quant"
)

// Writer makes GGUF files: of random weights, and for tests, right and wrong ones. The zero value is an
// empty file of version 3. It checks nothing: what is given is written, and Patch
// writes wrong numbers over right ones afterwards. Misuse panics.
type Writer struct {
	Version uint32 // 0 is 3

	entries []writerEntry
	tensors []writerTensor
	patches []patch
}

type writerEntry struct {
	key     string
	value   any // nil where raw
	rawType ValueType
	raw     []byte
}

type writerTensor struct {
	name  string
	typ   quant.Type
	dims  []int
	size  int // bytes
	write func(io.Writer) error
}

type patch struct {
	field string
	value uint64
}

// Set adds a key. Go's type gives the file's: uint32, bool, string, []float32,
// ... and [][]int32 for an array of arrays. general.alignment also sets how the
// tensors are laid out. A key that is set twice is written twice.
func (w *Writer) Set(key string, value any) {
	w.entries = append(w.entries, writerEntry{key: key, value: value})
}

// SetRaw adds a key with any value type and any bytes for its value.
func (w *Writer) SetRaw(key string, t ValueType, value []byte) {
	w.entries = append(w.entries, writerEntry{key: key, rawType: t, raw: value})
}

// Add adds a tensor of any type with any data; dims[0] is the length of a row.
// Data are not copied.
func (w *Writer) Add(name string, t quant.Type, dims []int, data []byte) {
	w.AddFunc(name, t, dims, len(data), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
}

// AddFunc is Add for data that are made while they are written: write writes
// size bytes.
func (w *Writer) AddFunc(name string, t quant.Type, dims []int, size int, write func(io.Writer) error) {
	w.tensors = append(w.tensors, writerTensor{name, t, dims, size, write})
}

// Patch writes value over a field, named as Error.Field names it, in the field's
// own width. Of a string or an array it is the length that is overwritten.
func (w *Writer) Patch(field string, value uint64) {
	w.patches = append(w.patches, patch{field, value})
}

// Bytes is the whole file.
func (w *Writer) Bytes() []byte {
	var b bytes.Buffer
	w.WriteTo(&b) // a Buffer never fails
	return b.Bytes()
}

// Offset is where a field lies in the file. Elements of arrays are known up to
// the 64th, "tokenizer.ggml.tokens[63]".
func (w *Writer) Offset(field string) int64 {
	h := w.header()
	return int64(h.find(field).at)
}

// WriteTo writes the whole file, the tensors' data without a copy.
func (w *Writer) WriteTo(out io.Writer) (int64, error) {
	h := w.header()
	for _, p := range w.patches {
		f := h.find(p.field)
		var v [8]byte
		binary.LittleEndian.PutUint64(v[:], p.value)
		copy(h.b[f.at:f.at+f.width], v[:])
	}
	c := &counter{out: out}
	_, err := c.Write(h.b)
	padding := make([]byte, w.alignment())
	for i := 0; i < len(w.tensors) && err == nil; i++ {
		t := &w.tensors[i]
		begin := c.n
		if err = t.write(c); err != nil {
			break
		}
		if c.n-begin != int64(t.size) {
			panic(fmt.Sprintf("gguf: %d bytes were written for tensor %s of %d", c.n-begin, t.name, t.size))
		}
		_, err = c.Write(padding[:w.pad(t.size)])
	}
	return c.n, err
}

// counter counts what is written through it.
type counter struct {
	out io.Writer
	n   int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	c.n += int64(n)
	return n, err
}

// alignment is general.alignment as far as files can be laid out by it.
func (w *Writer) alignment() int {
	for _, e := range w.entries {
		if a, ok := e.value.(uint32); ok && e.key == keyAlignment && a > 0 && a <= maxAlignment {
			return int(a)
		}
	}
	return defaultAlignment
}

// pad is how many bytes are missing from n to the alignment.
func (w *Writer) pad(n int) int {
	a := w.alignment()
	return (a - n%a) % a
}

// header is everything before the tensors' data, without patches.
func (w *Writer) header() *header {
	h := &header{fields: map[string]field{}}
	h.field("magic", 4)
	h.b = append(h.b, "GGUF"...)
	version := w.Version
	if version == 0 {
		version = 3
	}
	h.u32("version", version)
	h.u64("tensor_count", uint64(len(w.tensors)))
	h.u64("metadata_kv_count", uint64(len(w.entries)))
	for i, e := range w.entries {
		h.text(fmt.Sprintf("metadata[%d].key", i), e.key)
		if e.value == nil {
			h.u32("value type of "+Label(e.key), uint32(e.rawType))
			h.field(Label(e.key), len(e.raw))
			h.b = append(h.b, e.raw...)
			continue
		}
		v := reflect.ValueOf(e.value)
		h.u32("value type of "+Label(e.key), uint32(valueTypeOf(v.Type())))
		h.value(Label(e.key), v)
	}
	begin := 0
	for i, t := range w.tensors {
		h.text(fmt.Sprintf("tensor[%d].name", i), t.name)
		of := " of tensor " + Label(t.name)
		h.u32("n_dims"+of, uint32(len(t.dims)))
		h.field("dims"+of, 8)
		for i, d := range t.dims {
			h.u64(fmt.Sprintf("dims[%d]%s", i, of), uint64(d))
		}
		h.u32("type"+of, uint32(t.typ))
		h.u64("offset"+of, uint64(begin))
		begin += t.size + w.pad(t.size)
	}
	if len(w.tensors) > 0 {
		h.b = append(h.b, make([]byte, w.pad(len(h.b)))...)
	}
	begin = len(h.b)
	for _, t := range w.tensors {
		h.fields["data of tensor "+Label(t.name)] = field{at: begin}
		begin += t.size + w.pad(t.size)
	}
	return h
}

// header grows and remembers where its fields lie.
type header struct {
	b      []byte
	fields map[string]field
}

type field struct{ at, width int }

func (h *header) field(name string, width int) { h.fields[name] = field{len(h.b), width} }

func (h *header) find(name string) field {
	f, ok := h.fields[name]
	if !ok {
		panic("gguf: the writer has no field " + name)
	}
	return f
}

func (h *header) u32(name string, v uint32) {
	h.field(name, 4)
	h.b = binary.LittleEndian.AppendUint32(h.b, v)
}

func (h *header) u64(name string, v uint64) {
	h.field(name, 8)
	h.b = binary.LittleEndian.AppendUint64(h.b, v)
}

func (h *header) text(name, s string) {
	h.u64(name, uint64(len(s)))
	h.b = append(h.b, s...)
}

// value writes a scalar, a string, or an array with its element type and length.
func (h *header) value(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		h.text(name, v.String())
	case reflect.Slice:
		h.u32("element type of "+name, uint32(valueTypeOf(v.Type().Elem())))
		h.u64("length of "+name, uint64(v.Len()))
		for i := range v.Len() {
			element := "" // more names would take longer than the file
			if i < 64 {
				element = fmt.Sprintf("%s[%d]", name, i)
			}
			h.value(element, v.Index(i))
		}
	default:
		h.field(name, int(v.Type().Size()))
		var err error
		if h.b, err = binary.Append(h.b, binary.LittleEndian, v.Interface()); err != nil {
			panic("gguf: " + err.Error())
		}
	}
}

var kindTypes = map[reflect.Kind]ValueType{
	reflect.Uint8: Uint8, reflect.Int8: Int8, reflect.Uint16: Uint16, reflect.Int16: Int16,
	reflect.Uint32: Uint32, reflect.Int32: Int32, reflect.Uint64: Uint64, reflect.Int64: Int64,
	reflect.Float32: Float32, reflect.Float64: Float64,
	reflect.Bool: Bool, reflect.String: String, reflect.Slice: Array,
}

func valueTypeOf(t reflect.Type) ValueType {
	v, ok := kindTypes[t.Kind()]
	if !ok {
		panic("gguf: no value type for Go's " + t.String() + ": use one of a fixed width")
	}
	return v
}
