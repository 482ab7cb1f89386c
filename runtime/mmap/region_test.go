package mmap

import "testing"

func TestRegion(t *testing.T) {
	before := InUse()
	var regions []*Region
	var want int64
	for _, n := range []int{0, 1, pageSize, pageSize + 1, 10 * pageSize} {
		r, err := Anonymous(n)
		if err != nil {
			t.Fatal(err)
		}
		b := r.Bytes()
		if len(b) != n || n > 0 && addressOf(b)%uintptr(pageSize) != 0 {
			t.Errorf("%d bytes asked for: %d at %x", n, len(b), addressOf(b))
		}
		for i := range b {
			if b[i] != 0 {
				t.Fatalf("%d bytes: byte %d is %d", n, i, b[i])
			}
			b[i] = byte(i)
		}
		want += int64((n + pageSize - 1) / pageSize * pageSize)
		regions = append(regions, r)
	}
	if got := InUse() - before; got != want {
		t.Errorf("in use: %d, want %d", got, want)
	}
	for _, r := range regions {
		for range 2 {
			if err := r.Free(); err != nil || r.Bytes() != nil {
				t.Errorf("freeing, twice: %v", err)
			}
		}
	}
	if got := InUse(); got != before {
		t.Errorf("in use after: %d, want %d", got, before)
	}
}

func TestRegionRefused(t *testing.T) {
	before := InUse()
	for _, n := range []int{-1, 1 << 60} {
		if r, err := Anonymous(n); err == nil {
			t.Errorf("%d bytes: %d", n, len(r.Bytes()))
		}
	}
	if InUse() != before {
		t.Error("counted all the same")
	}
}
