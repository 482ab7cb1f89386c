package mmap

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"
)

func TestGuardCutShort(t *testing.T) {
	f := open(t, pages(t, 8))
	if err := os.Truncate(f.Path(), int64(pageSize)+100); err != nil {
		t.Fatal(err)
	}
	read := func(at int) (v byte, err error) {
		err = Guard(func() error { v = f.Bytes()[at]; return nil })
		return v, err
	}
	if v, err := read(pageSize + 99); v != 2 || err != nil {
		t.Errorf("before the new end: %d, %v", v, err)
	}
	// This is why a guard alone is not enough.
	if v, err := read(pageSize + 100); v != 0 || err != nil {
		t.Errorf("behind the new end, in its page: %d, %v", v, err)
	}
	at := 5*pageSize + 17
	for range 3 { // the process has to survive more than one
		_, err := read(at)
		var fault *FaultError
		if !errors.As(err, &fault) || fault.Path != f.Path() {
			t.Fatalf("behind the new end: %v, want a fault", err)
		}
		want := int64(at)
		if fault.Addr == 0 { // under qemu
			want = int64(pageSize) + 100
		}
		if fault.Offset != want {
			t.Errorf("%v, want it at %d", err, want)
		}
	}
	// memmove is assembly, as the kernels are, and faults inside of it.
	err := Guard(func() error { copy(make([]byte, len(f.Bytes())), f.Bytes()); return nil })
	var fault *FaultError
	if !errors.As(err, &fault) {
		t.Errorf("copy: %v", err)
	}
}

func TestGuardPasses(t *testing.T) {
	if old := debug.SetPanicOnFault(false); old {
		t.Fatal("on before the test")
	}
	want := errors.New("own error")
	if err := Guard(func() error { return want }); err != want {
		t.Errorf("error: %v", err)
	}
	outside, err := unix.Mmap(-1, 0, pageSize, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(outside)
	index := 5
	var null *File
	for name, f := range map[string]func() error{
		"value":                 func() error { panic("a panic of its own") },
		"index out of range":    func() error { return fmt.Errorf("%d", []int{1}[index]) },
		"nil pointer":           func() error { return fmt.Errorf("%s", null.path) },
		"fault outside of maps": func() error { return fmt.Errorf("%d", outside[7]) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			err := Guard(f)
			t.Errorf("%s: returned %v", name, err)
		}()
	}
	if on := debug.SetPanicOnFault(false); on {
		t.Error("left on")
	}
}

// A closed file's bytes are nobody's: a read of them is a bug, not a fault.
func TestAsFaultAfterClose(t *testing.T) {
	f := open(t, pages(t, 2))
	begin := addressOf(f.Bytes())
	if AsFault(faultAt(begin)) == nil {
		t.Error("open: no fault")
	}
	if AsFault(faultAt(begin+uintptr(100*pageSize))) != nil || AsFault("text") != nil || AsFault(nil) != nil {
		t.Error("a fault of something else")
	}
	f.Close()
	if AsFault(faultAt(begin)) != nil {
		t.Error("closed: a fault")
	}
}

// faultAt is what Go's runtime panics with.
type faultAt uintptr

func (f faultAt) Error() string { return "fault" }
func (f faultAt) RuntimeError() {}
func (f faultAt) Addr() uintptr { return uintptr(f) }
