package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// Has reports whether the file has a key, of whatever type.
func (f *File) Has(key string) bool {
	_, ok := f.entries[key]
	return ok
}

// Entry returns a key with its value.
func (f *File) Entry(key string) (Entry, bool) {
	i, ok := f.entries[key]
	if !ok {
		return Entry{}, false
	}
	return f.Metadata[i], true
}

// Where is the offset of a key's value in the file, for errors; -1 where there is
// no such key.
func (f *File) Where(key string) int64 {
	if e, ok := f.Entry(key); ok {
		return e.Offset
	}
	return -1
}

// find returns the entry of a key that has to be there with one of some types.
func (f *File) find(key, expected string, fits func(*Entry) bool) (*Entry, error) {
	i, ok := f.entries[key]
	if !ok {
		return nil, &Error{Field: Label(key), Offset: -1, Found: "is missing", Expected: expected, Err: ErrMissing,
			Cure: "the file is not complete for this use, take another or convert the model anew"}
	}
	e := &f.Metadata[i]
	if !fits(e) {
		return nil, e.wrong("is of type "+e.kind(), expected)
	}
	return e, nil
}

// wrong is the error of a value that is no good for its key.
func (e *Entry) wrong(found, expected string) *Error {
	return &Error{Field: Label(e.Key), Offset: e.Offset, Found: found, Expected: expected, Err: ErrType,
		Cure: "the file is badly made, take another or convert the model anew"}
}

// String returns a string. As all getters, it fails with an *Error that is
// ErrMissing for a key that is not there and ErrType for one of another type.
func (f *File) String(key string) (string, error) {
	e, err := f.find(key, "a string", func(e *Entry) bool { return e.Type == String })
	if err != nil {
		return "", err
	}
	return string(e.data), nil
}

// Bool returns a bool.
func (f *File) Bool(key string) (bool, error) {
	e, err := f.find(key, "a bool", func(e *Entry) bool { return e.Type == Bool })
	if err != nil {
		return false, err
	}
	return e.data[0] != 0, nil
}

// Uint returns an integer of any width that is not negative.
func (f *File) Uint(key string) (uint64, error) {
	const expected = "an integer of at least 0"
	e, err := f.find(key, expected, func(e *Entry) bool {
		switch e.Type {
		case Uint8, Uint16, Uint32, Uint64, Int8, Int16, Int32, Int64:
			return true
		}
		return false
	})
	if err != nil {
		return 0, err
	}
	switch e.Type {
	case Uint8, Uint16, Uint32, Uint64:
		return unsigned(e.data), nil
	}
	v := signed(e.data)
	if v < 0 {
		return 0, e.wrong(fmt.Sprintf("is %d", v), expected)
	}
	return uint64(v), nil
}

// Float returns a number of one of the two float types. It may be NaN or infinite.
func (f *File) Float(key string) (float64, error) {
	e, err := f.find(key, "a float32", func(e *Entry) bool { return e.Type == Float32 || e.Type == Float64 })
	if err != nil {
		return 0, err
	}
	if e.Type == Float32 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(e.data))), nil
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(e.data)), nil
}

// array finds an array of one of some element types.
func (f *File) array(key, expected string, elems ...ValueType) (*Entry, error) {
	return f.find(key, expected, func(e *Entry) bool {
		for _, t := range elems {
			if e.Type == Array && e.Elem == t {
				return true
			}
		}
		return false
	})
}

// Strings returns an array of strings. They need not be valid UTF-8. All of them
// share one copy of their bytes, since a vocabulary has a hundred thousand. Their
// lengths are checked once more: the file may have been written to since Parse.
func (f *File) Strings(key string) ([]string, error) {
	e, err := f.array(key, "an array of strings", String)
	if err != nil {
		return nil, err
	}
	c := cursor{data: e.data}
	ends := make([]int, e.Len)
	var joined strings.Builder
	joined.Grow(len(e.data) - 8*e.Len)
	for i := range ends {
		s, err := c.text(maxString)
		if err != nil {
			err.Offset += e.Offset + arrayHeadBytes
			return nil, err.of("%s[%d]", Label(key), i)
		}
		joined.Write(s)
		ends[i] = joined.Len()
	}
	all := joined.String()
	list := make([]string, e.Len)
	begin := 0
	for i, end := range ends {
		list[i], begin = all[begin:end], end
	}
	return list, nil
}

// Floats returns an array of float32.
func (f *File) Floats(key string) ([]float32, error) {
	e, err := f.array(key, "an array of float32", Float32)
	if err != nil {
		return nil, err
	}
	list := make([]float32, e.Len)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(e.data[4*i:]))
	}
	return list, nil
}

// Ints returns an array of int32, or of uint32 whose values an int32 holds.
func (f *File) Ints(key string) ([]int32, error) {
	const expected = "an array of int32"
	e, err := f.array(key, expected, Int32, Uint32)
	if err != nil {
		return nil, err
	}
	list := make([]int32, e.Len)
	for i := range list {
		v := binary.LittleEndian.Uint32(e.data[4*i:])
		if e.Elem == Uint32 && v > math.MaxInt32 {
			return nil, e.wrong(fmt.Sprintf("holds %d", v), expected)
		}
		list[i] = int32(v)
	}
	return list, nil
}
