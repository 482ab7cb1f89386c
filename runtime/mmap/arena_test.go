package mmap

import "testing"

func TestArena(t *testing.T) {
	var a Arena
	var none, floats []float32
	var ints []int8
	var shorts []uint16
	a.Float32s(&none, 0)
	a.Int8s(&ints, 3)
	a.Float32s(&floats, 100)
	a.Uint16s(&shorts, 5)
	if want := 64 + 448 + 10; a.Size() != want { // each begins a line of 64 bytes
		t.Errorf("size %d, want %d", a.Size(), want)
	}
	if floats != nil || a.Free() != nil {
		t.Error("handed out before Map")
	}
	before := InUse()
	if err := a.Map(); err != nil {
		t.Fatal(err)
	}
	if len(none) != 0 || len(ints) != 3 || len(floats) != 100 || len(shorts) != 5 || InUse()-before != wholePages(a.Size()) {
		t.Errorf("lengths %d %d %d %d, %d bytes", len(none), len(ints), len(floats), len(shorts), InUse()-before)
	}
	for i := range ints {
		ints[i] = -1
	}
	for i := range shorts {
		shorts[i] = 1<<16 - 1
	}
	for i, v := range floats {
		if v != 0 {
			t.Fatalf("float %d is %v: buffers overlap", i, v)
		}
	}
	for range 2 {
		if err := a.Free(); err != nil || InUse() != before {
			t.Errorf("freeing, twice: %v, %d bytes more in use", err, InUse()-before)
		}
	}
}
