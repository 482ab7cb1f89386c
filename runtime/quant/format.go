package quant

import (
	"fmt"
	"strings"
	"sync"
)

// Type is a tensor's format as GGUF numbers it (enum ggml_type).
type Type uint32

// The formats llamad runs. The gaps are formats that were withdrawn from GGUF
// or that llamad does not know.
const (
	F32   Type = 0
	F16   Type = 1
	Q4_0  Type = 2
	Q4_1  Type = 3
	Q5_0  Type = 6
	Q5_1  Type = 7
	Q8_0  Type = 8
	Q2_K  Type = 10
	Q3_K  Type = 11
	Q4_K  Type = 12
	Q5_K  Type = 13
	Q6_K  Type = 14
	IQ4NL Type = 20
	BF16  Type = 30

	// NumTypes is one more than the largest Type: the length of a table by type.
	NumTypes = 31
)

// Format describes one tensor format.
type Format struct {
	Type       Type
	Name       string // as llama.cpp prints it, "Q4_K"
	BlockLen   int    // weights in a block; a row is a whole number of blocks
	BlockBytes int    // bytes of a block
	Group      int    // weights that share a scale when unpacked: 32 or 16; 0 for float formats
	HasMin     bool   // groups carry a minimum as well
	Narrow     bool   // values lie in [-32, 31]

	// unpack writes one block of an integer format: BlockLen values, and
	// BlockLen/Group scales and minimums (min is untouched where HasMin is false).
	unpack func(q []int8, scale, min []float32, block []byte)

	// decode writes one row of a float format.
	decode func(dst []float32, src []byte)
}

// formats is the table of everything that differs between formats.
// A new format is one new file and one new row.
var formats = [...]Format{
	{Type: F32, Name: "F32", BlockLen: 1, BlockBytes: 4, decode: decodeF32},
	{Type: F16, Name: "F16", BlockLen: 1, BlockBytes: 2, decode: decodeF16},
	{Type: BF16, Name: "BF16", BlockLen: 1, BlockBytes: 2, decode: decodeBF16},
	{Type: Q8_0, Name: "Q8_0", BlockLen: 32, BlockBytes: 2 + 32, Group: 32, unpack: unpackQ8_0},
	{Type: Q4_0, Name: "Q4_0", BlockLen: 32, BlockBytes: 2 + 16, Group: 32, Narrow: true, unpack: unpackQ4_0},
	{Type: Q4_1, Name: "Q4_1", BlockLen: 32, BlockBytes: 2 + 2 + 16, Group: 32, HasMin: true, Narrow: true, unpack: unpackQ4_1},
	{Type: Q5_0, Name: "Q5_0", BlockLen: 32, BlockBytes: 2 + 4 + 16, Group: 32, Narrow: true, unpack: unpackQ5_0},
	{Type: Q5_1, Name: "Q5_1", BlockLen: 32, BlockBytes: 2 + 2 + 4 + 16, Group: 32, HasMin: true, Narrow: true, unpack: unpackQ5_1},
	{Type: IQ4NL, Name: "IQ4_NL", BlockLen: 32, BlockBytes: 2 + 16, Group: 32, unpack: unpackIQ4NL},
	{Type: Q2_K, Name: "Q2_K", BlockLen: 256, BlockBytes: 16 + 64 + 2 + 2, Group: 16, HasMin: true, Narrow: true, unpack: unpackQ2K},
	{Type: Q3_K, Name: "Q3_K", BlockLen: 256, BlockBytes: 32 + 64 + 12 + 2, Group: 16, Narrow: true, unpack: unpackQ3K},
	{Type: Q4_K, Name: "Q4_K", BlockLen: 256, BlockBytes: 2 + 2 + 12 + 128, Group: 32, HasMin: true, Narrow: true, unpack: unpackQ4K},
	{Type: Q5_K, Name: "Q5_K", BlockLen: 256, BlockBytes: 2 + 2 + 12 + 32 + 128, Group: 32, HasMin: true, Narrow: true, unpack: unpackQ5K},
	{Type: Q6_K, Name: "Q6_K", BlockLen: 256, BlockBytes: 128 + 64 + 16 + 2, Group: 16, Narrow: true, unpack: unpackQ6K},
}

var byType = func() (t [NumTypes]*Format) {
	for i := range formats {
		t[formats[i].Type] = &formats[i]
	}
	return t
}()

// Formats lists every format llamad runs.
func Formats() []*Format {
	list := make([]*Format, len(formats))
	for i := range formats {
		list[i] = &formats[i]
	}
	return list
}

// Lookup returns the format of a type, or false for one that llamad does not run.
func Lookup(t Type) (*Format, bool) {
	if t >= NumTypes || byType[t] == nil {
		return nil, false
	}
	return byType[t], true
}

// Supported names every format llamad runs, for error messages.
func Supported() string {
	var names []string
	for i := range formats {
		names = append(names, formats[i].Name)
	}
	return strings.Join(names, " ")
}

// foreign names the types that GGUF files hold and llamad does not run, so that
// a refusal can say what the file is made of.
var foreign = map[Type]string{
	4: "Q4_2 (withdrawn)", 5: "Q4_3 (withdrawn)", 9: "Q8_1", 15: "Q8_K",
	16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS",
	24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M",
	31: "Q4_0_4_4 (withdrawn)", 32: "Q4_0_4_8 (withdrawn)", 33: "Q4_0_8_8 (withdrawn)",
	34: "TQ1_0", 35: "TQ2_0", 36: "IQ4_NL_4_4 (withdrawn)", 39: "MXFP4",
}

// String names the type as llama.cpp does, also one that llamad does not run.
func (t Type) String() string {
	if f, ok := Lookup(t); ok {
		return f.Name
	}
	if name, ok := foreign[t]; ok {
		return name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// Integer reports whether the format runs through the int8 kernels.
func (f *Format) Integer() bool { return f.unpack != nil }

// RowBytes is the size of a row of cols weights; cols is a multiple of BlockLen.
func (f *Format) RowBytes(cols int) int { return cols / f.BlockLen * f.BlockBytes }

// Unpack writes a row of an integer format as values and groups: len(q) weights,
// a multiple of BlockLen, with len(q)/Group scales and minimums. min may be nil
// where HasMin is false.
func (f *Format) Unpack(q []int8, scale, min []float32, row []byte) {
	groups := f.BlockLen / f.Group
	for b := range len(q) / f.BlockLen {
		var m []float32
		if f.HasMin {
			m = min[b*groups : (b+1)*groups]
		}
		f.unpack(q[b*f.BlockLen:(b+1)*f.BlockLen], scale[b*groups:(b+1)*groups], m,
			row[b*f.BlockBytes:(b+1)*f.BlockBytes])
	}
}

// Dequantize writes a row as floats: len(dst) weights, a multiple of BlockLen.
func (f *Format) Dequantize(dst []float32, row []byte) {
	if f.decode != nil {
		f.decode(dst, row)
		return
	}
	u := unpackedBlocks.Get().(*unpackedBlock)
	defer unpackedBlocks.Put(u)
	u.min = [16]float32{}
	groups := f.BlockLen / f.Group
	for b := range len(dst) / f.BlockLen {
		f.unpack(u.q[:f.BlockLen], u.scale[:groups], u.min[:groups], row[b*f.BlockBytes:(b+1)*f.BlockBytes])
		for i := range f.BlockLen {
			g := i / f.Group
			dst[b*f.BlockLen+i] = float32(u.scale[g]*float32(u.q[i])) + u.min[g]
		}
	}
}

// unpackedBlock is one block of the longest format. Passing it through a func
// value would move it to the heap at each call, so they are kept.
type unpackedBlock struct {
	q          [256]int8
	scale, min [16]float32
}

var unpackedBlocks = sync.Pool{New: func() any { return new(unpackedBlock) }}
