package gguf

import (
	"fmt"
	"math/bits"

	"llamad/runtime/quant"
)

// Tensor is one weight of the model.
type Tensor struct {
	Name string
	Type quant.Type // one that quant knows
	Dims []int      // 1 to 4, all >= 1; Dims[0] is the length of a row, a whole number of blocks
	Data []byte     // all rows, a view of the file

	Offset int64 // of its name in the file, for errors
}

// Rows is how many rows of Dims[0] weights the tensor has.
func (t *Tensor) Rows() int {
	n := 1
	for _, d := range t.Dims[1:] {
		n *= d
	}
	return n
}

// extent is where a tensor's data should lie, until all entries are read and it
// is known where the data begin.
type extent struct {
	at     int64  // of the offset field, for errors
	offset uint64 // from the begin of the data
	size   int64
}

// tensors reads n entries and then gives each its view of the file.
func (f *File) tensors(c *cursor, n int, file []byte) *Error {
	f.Tensors = make([]Tensor, 0, n)
	f.names = make(map[string]int, n)
	extents := make([]extent, 0, n)
	for i := range n {
		at := int64(c.off)
		name, err := c.name(maxName)
		if err != nil {
			return err.of("tensor[%d].name", i)
		}
		if _, twice := f.names[name]; twice {
			return malformed(at, "is "+Label(name)+" once more", "each name once").of("tensor[%d].name", i)
		}
		t, x, err := c.tensor(name, int64(len(file)))
		if err != nil {
			return err
		}
		t.Offset = at
		f.names[name] = i
		f.Tensors = append(f.Tensors, t)
		extents = append(extents, x)
	}
	return f.place(extents, int64(c.off), file)
}

// tensor reads what follows a tensor's name.
func (c *cursor) tensor(name string, fileSize int64) (Tensor, extent, *Error) {
	t, x := Tensor{Name: name}, extent{}
	at := int64(c.off)
	n, err := c.u32()
	if err != nil {
		return t, x, err.of("n_dims of tensor %s", Label(name))
	}
	if n < 1 || n > maxDims {
		return t, x, malformed(at, fmt.Sprintf("is %d", n), fmt.Sprintf("1 to %d", maxDims)).of("n_dims of tensor %s", Label(name))
	}
	dimsAt := int64(c.off)
	var dims [maxDims]uint64
	for i := range n {
		at := int64(c.off)
		if dims[i], err = c.u64(); err != nil {
			return t, x, err.of("dims[%d] of tensor %s", i, Label(name))
		}
		if dims[i] == 0 {
			return t, x, malformed(at, "is 0", "1 or more").of("dims[%d] of tensor %s", i, Label(name))
		}
	}
	at = int64(c.off)
	id, err := c.u32()
	if err != nil {
		return t, x, err.of("type of tensor %s", Label(name))
	}
	t.Type = quant.Type(id)
	format, known := quant.Lookup(t.Type)
	if !known {
		return t, x, unsupported(at, "is "+t.Type.String(), "one of "+quant.Supported(),
			"take the model in one of these formats").of("type of tensor %s", Label(name))
	}
	if dims[0]%uint64(format.BlockLen) != 0 {
		return t, x, malformed(dimsAt, fmt.Sprintf("is %d", dims[0]),
			fmt.Sprintf("a multiple of %s's block of %d", format.Name, format.BlockLen)).of("dims[0] of tensor %s", Label(name))
	}
	// The size grows dimension by dimension and is held against the file's at each
	// step, so no product is ever larger than 128 bits and none wraps.
	size := uint64(1)
	for i := range n {
		count, unit := dims[i], uint64(1)
		if i == 0 {
			count, unit = dims[0]/uint64(format.BlockLen), uint64(format.BlockBytes)
		}
		high, low := bits.Mul64(count, size)
		if high == 0 {
			high, low = bits.Mul64(low, unit)
		}
		if high != 0 || low > uint64(fileSize) {
			return t, x, truncated(dimsAt, fmt.Sprintf("are %v, %s", dims[:n], format.Name),
				fmt.Sprintf("no more data than the file's %d bytes", fileSize)).of("dims of tensor %s", Label(name))
		}
		size = low
	}
	for _, d := range dims[:n] {
		t.Dims = append(t.Dims, int(d)) // every one is at most the product, which is checked
	}
	x.size, x.at = int64(size), int64(c.off)
	if x.offset, err = c.u64(); err != nil {
		return t, x, err.of("offset of tensor %s", Label(name))
	}
	return t, x, nil
}

// place gives every tensor its bytes. They lie one after the other, each padded
// to the alignment, as llama.cpp demands too: so none is outside the file, inside
// the metadata or on top of another.
func (f *File) place(extents []extent, metadataEnd int64, file []byte) *Error {
	begin := f.align(metadataEnd)
	next := begin // <= len(file) + alignment at all times
	for i, x := range extents {
		t := &f.Tensors[i]
		if expected := uint64(next - begin); x.offset != expected {
			return malformed(x.at, fmt.Sprintf("is %d", x.offset),
				fmt.Sprintf("%d, where the data before it end", expected)).of("offset of tensor %s", Label(t.Name))
		}
		end := next + x.size
		if end > int64(len(file)) {
			return truncated(min(next, int64(len(file))), fmt.Sprintf("end at byte %d", end),
				fmt.Sprintf("no more than the file's %d bytes", len(file))).of("data of tensor %s", Label(t.Name))
		}
		t.Data = file[next:end:end]
		next = f.align(end)
	}
	if extra := int64(len(file)) - next; extra > 0 {
		f.Warnings = append(f.Warnings, fmt.Sprintf("%d bytes after the end of the tensors, at byte %d, are ignored", extra, next))
	}
	return nil
}

func (f *File) align(offset int64) int64 {
	a := int64(f.Alignment)
	return (offset + a - 1) &^ (a - 1)
}

// Tensor returns a tensor by name.
func (f *File) Tensor(name string) (Tensor, bool) {
	i, ok := f.names[name]
	if !ok {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}
