package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
)

// ValueType is the type of a metadata value as GGUF numbers it.
type ValueType uint32

const (
	Uint8   ValueType = 0
	Int8    ValueType = 1
	Uint16  ValueType = 2
	Int16   ValueType = 3
	Uint32  ValueType = 4
	Int32   ValueType = 5
	Float32 ValueType = 6
	Bool    ValueType = 7
	String  ValueType = 8
	Array   ValueType = 9
	Uint64  ValueType = 10
	Int64   ValueType = 11
	Float64 ValueType = 12
)

// valueTypes holds the name of each type and its bytes, 0 where they vary.
var valueTypes = [...]struct {
	name string
	size int
}{
	Uint8: {"uint8", 1}, Int8: {"int8", 1}, Uint16: {"uint16", 2}, Int16: {"int16", 2},
	Uint32: {"uint32", 4}, Int32: {"int32", 4}, Float32: {"float32", 4}, Bool: {"bool", 1},
	String: {"string", 0}, Array: {"array", 0}, Uint64: {"uint64", 8}, Int64: {"int64", 8}, Float64: {"float64", 8},
}

func (t ValueType) String() string {
	if int(t) < len(valueTypes) {
		return valueTypes[t].name
	}
	return fmt.Sprintf("value type %d", uint32(t))
}

// Entry is one key with its value, as it lies in the file.
type Entry struct {
	Key    string
	Type   ValueType
	Elem   ValueType // of an Array
	Len    int       // elements of an Array
	Offset int64     // of the value in the file

	// data is a view of the value's bytes: of a string without its length, of an
	// array only its elements.
	data []byte
}

// kind names the type with its elements, "array of float32".
func (e *Entry) kind() string {
	if e.Type == Array {
		return fmt.Sprintf("array of %s", e.Elem)
	}
	return e.Type.String()
}

// Value is the value as Go's own type, or nil for an array: the getters of File
// know those.
func (e *Entry) Value() any {
	switch b := e.data; e.Type {
	case Uint8, Uint16, Uint32, Uint64:
		return unsigned(b)
	case Int8, Int16, Int32, Int64:
		return signed(b)
	case Float32:
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	case Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case Bool:
		return b[0] != 0
	case String:
		return string(b)
	}
	return nil
}

// unsigned reads a number of len(b) bytes, 1 to 8.
func unsigned(b []byte) uint64 {
	var v uint64
	for i := len(b) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

// signed reads a number of len(b) bytes in two's complement.
func signed(b []byte) int64 {
	unused := 64 - 8*len(b)
	return int64(unsigned(b)<<unused) >> unused
}
