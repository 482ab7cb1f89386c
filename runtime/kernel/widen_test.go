package kernel

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"llamad/runtime/quant"
)

// TestWiden wants the very bits of the portable one: rows at the edge of their
// page, values of both signs to the end of their range, scales up to infinity.
func TestWiden(t *testing.T) {
	f, _ := quant.Lookup(quant.Q8_0)
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, dim := range []int{32, 64, 96, 128} {
			for _, n := range []int{0, 1, 2, 5, 9} {
				for _, at := range edges {
					stride := f.RowBytes(dim) * 3
					size := max((n-1)*stride+f.RowBytes(dim), 0)
					q := guarded[byte](t, at, size)
					for i := range q {
						q[i] = byte(r.Uint32())
					}
					for i := range n {
						for b := range dim / 32 {
							scale := []uint16{quant.ToF16(float32(r.NormFloat64())), 0, 1, 0x7bff, 0x7c00}[r.IntN(5)]
							binary.LittleEndian.PutUint16(q[i*stride+b*f.BlockBytes:], scale)
						}
					}
					got, want := guarded[uint16](t, at, n*dim), make([]uint16, n*dim)
					pollute(s)
					s.Widen(got, q, stride, dim)
					Portable.Widen(want, q, stride, dim)
					for i := range want {
						nan := want[i]&0x7fff > 0x7c00 && got[i]&0x7fff > 0x7c00
						if got[i] != want[i] && !nan {
							t.Fatalf("%d rows of %d: [%d] is %#x, want %#x", n, dim, i, got[i], want[i])
						}
					}
				}
			}
		}
	})
}
