package kernel

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// edge is the end of an operand that touches memory that can't be accessed.
type edge int

const (
	front edge = iota
	back
)

var edges = []edge{front, back}

func (e edge) String() string { return [...]string{"front", "back"}[e] }

// guarded returns n zero values that begin or end at the edge of mapped memory,
// as the last row of a mapped file may: an access beyond that edge faults.
func guarded[T any](t testing.TB, at edge, n int) []T {
	var zero T
	page, size := os.Getpagesize(), n*int(unsafe.Sizeof(zero))
	body := (size + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, body+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(m) })
	for _, p := range [][]byte{m[:page], m[page+body:]} {
		if err := syscall.Mprotect(p, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	m2 := m[page : page+body]
	if at == back {
		m2 = m2[body-size:]
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(m2))), n)
}
