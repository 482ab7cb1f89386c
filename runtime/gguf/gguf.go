package gguf

import (
	"encoding/binary"
	"fmt"
)

// File is what a GGUF file holds. It refers to the bytes it was parsed from.
type File struct {
	Version   uint32   // 2 or 3
	Alignment int      // of tensor data, bytes
	Metadata  []Entry  // in the file's order
	Tensors   []Tensor // in the file's order
	Warnings  []string // what is odd but does no harm

	entries map[string]int // key -> index in Metadata
	names   map[string]int // tensor -> index in Tensors
}

// Parse reads a whole file. The error is an *Error.
func Parse(data []byte) (*File, error) {
	f, err := parse(data)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func parse(data []byte) (*File, *Error) {
	c := &cursor{data: data}
	if len(data) > maxMetadata {
		c.data, c.cut = data[:maxMetadata], true
	}
	f := &File{Alignment: defaultAlignment}
	if err := f.magic(c); err != nil {
		return nil, err.of("magic")
	}
	if err := f.version(c); err != nil {
		return nil, err.of("version")
	}
	tensors, err := c.count(maxTensors, minTensorBytes)
	if err != nil {
		return nil, err.of("tensor_count")
	}
	keys, err := c.count(maxKeys, minEntryBytes)
	if err != nil {
		return nil, err.of("metadata_kv_count")
	}
	if err := f.metadata(c, keys); err != nil {
		return nil, err
	}
	if err := f.alignment(); err != nil {
		return nil, err.of(keyAlignment)
	}
	if err := f.tensors(c, tensors, data); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) magic(c *cursor) *Error {
	b, err := c.take(4)
	if err != nil {
		return err
	}
	if string(b) != "GGUF" {
		return unsupported(0, fmt.Sprintf("is %q", b), `"GGUF"`, notGGUF(string(b)))
	}
	return nil
}

// notGGUF says what to do about a file that begins with b.
func notGGUF(b string) string {
	switch b {
	case "vers":
		return "this looks like a Git LFS pointer, fetch the file itself (git lfs pull, or llamad pull)"
	case "<!DO", "<!do", "<htm":
		return "this looks like a web page, download the file itself"
	case "ggjt", "tjgg", "ggml", "lmgg", "ggmf", "fmgg":
		return "this looks like a model from before GGUF, convert it or take a newer file"
	case "PK\x03\x04":
		return "this looks like a zip or PyTorch file, convert the model to GGUF"
	}
	return "this is no GGUF file, take one that ends in .gguf"
}

func (f *File) version(c *cursor) *Error {
	v, err := c.u32()
	if err != nil {
		return err
	}
	const at, expected = 4, "2 or 3"
	switch {
	case v == 2 || v == 3:
		f.Version = v
		return nil
	case v == 1:
		return unsupported(at, "is 1", expected, "convert the model anew, version 1 is from August 2023")
	case v != 0 && v&0xffff == 0:
		return unsupported(at, fmt.Sprintf("is %#x, so the file's endianness is big", v), "a little-endian file",
			"convert it with gguf_convert_endian.py of llama.cpp")
	}
	return unsupported(at, fmt.Sprintf("is %d", v), expected, "take a file of version 3, or a newer llamad")
}

// alignment honours general.alignment. Its type is fixed by the format.
func (f *File) alignment() *Error {
	e, ok := f.Entry(keyAlignment)
	if !ok {
		return nil
	}
	if e.Type != Uint32 {
		return malformed(e.Offset, "is of type "+e.kind(), "a uint32")
	}
	a := binary.LittleEndian.Uint32(e.data)
	if a == 0 || a > maxAlignment || a&(a-1) != 0 {
		return malformed(e.Offset, fmt.Sprintf("is %d", a), fmt.Sprintf("a power of two up to %d", maxAlignment))
	}
	f.Alignment = int(a)
	return nil
}
