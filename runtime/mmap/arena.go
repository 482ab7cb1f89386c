package mmap

import (
	"fmt"
	"unsafe"
)

// Arena is one piece of memory outside the Go heap for many buffers. Buffers
// are asked for first and handed out together by Map, so Size says beforehand
// exactly what they will take.
type Arena struct {
	size   int
	grants []func(base []byte)
	memory *Region
}

// cacheLine separates buffers, so that no two workers write to one line and
// vector loads do not straddle two.
const cacheLine = 64

// Float32s asks for n zeroed float32s, which *dst holds after Map.
func (a *Arena) Float32s(dst *[]float32, n int) { ask(a, dst, n) }

// Uint16s asks for n zeroed uint16s, which *dst holds after Map.
func (a *Arena) Uint16s(dst *[]uint16, n int) { ask(a, dst, n) }

// Int8s asks for n zeroed int8s, which *dst holds after Map.
func (a *Arena) Int8s(dst *[]int8, n int) { ask(a, dst, n) }

// Bytes asks for n zero bytes, which *dst holds after Map.
func (a *Arena) Bytes(dst *[]byte, n int) { ask(a, dst, n) }

func ask[T int8 | byte | uint16 | float32](a *Arena, dst *[]T, n int) {
	var element T
	at := (a.size + cacheLine - 1) &^ (cacheLine - 1)
	a.size = at + n*int(unsafe.Sizeof(element))
	a.grants = append(a.grants, func(base []byte) {
		if n > 0 {
			*dst = unsafe.Slice((*T)(unsafe.Pointer(&base[at])), n)
		}
	})
}

// Size is what the buffers asked for so far take, in bytes.
func (a *Arena) Size() int { return a.size }

// Map takes the memory from the system and hands out the buffers.
func (a *Arena) Map() error {
	r, err := Anonymous(a.size)
	if err != nil {
		return fmt.Errorf("mmap: %d bytes for buffers: %w", a.size, err)
	}
	a.memory = r
	for _, grant := range a.grants {
		grant(r.Bytes())
	}
	a.grants = nil
	return nil
}

// Free returns the memory; every buffer of it becomes invalid. It is safe to
// call on an arena that was never mapped, and twice.
func (a *Arena) Free() error {
	if a.memory == nil {
		return nil
	}
	r := a.memory
	a.memory = nil
	return r.Free()
}
