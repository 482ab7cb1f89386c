package kernel

import (
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"llamad/runtime/quant"
)

// TestFault takes the weights away, as a file cut short under its mapping would,
// and wants a panic that can be recovered from, with the stack in order.
func TestFault(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		debug.SetPanicOnFault(true) // of this goroutine, which ends with the test
		for _, f := range testFormats {
			b := newBatch(t, s, f, &weightCases[0], &rowCases[0], back, s.PanelRows, 256, 3)
			start := uintptr(unsafe.Pointer(unsafe.SliceData(b.m.Data))) &^ 0xfff
			end := uintptr(unsafe.Pointer(&b.m.Data[len(b.m.Data)-1])) + 1
			if _, _, err := syscall.Syscall(syscall.SYS_MPROTECT, start, end-start, syscall.PROT_NONE); err != 0 {
				t.Fatal(err)
			}
			faults(t, s, f, "MulRow", func() { s.MulRow(b.y, &b.m, &b.rows[0], 0, b.m.Rows) })
			faults(t, s, f, "MulRows", func() { s.MulRows(b.y, b.ldy, &b.m, &b.tiles, 0, b.m.Rows, b.panel) })
		}
	})
}

func faults(t *testing.T, s *Set, f *quant.Format, what string, call func()) {
	defer func() {
		runtime.GC()              // walks the stack, the faulting frame included,
		growStack(rand.IntN(100)) // and this copies it
		if recover() == nil {
			t.Errorf("%s: %s of %s does not fault", s.Name, what, f.Name)
		}
	}()
	call()
}

func growStack(n int) (sum int) {
	var big [16 << 10]byte
	big[n] = byte(n)
	for _, v := range big {
		sum += int(v)
	}
	return sum
}
