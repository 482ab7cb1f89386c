package mmap

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"
)

// FaultError is a read of mapped bytes that the system could not serve: the file
// was cut short, or its disk cannot be read.
type FaultError struct {
	Path   string
	Offset int64   // in the file, near where the read was, or where the file ends now
	Addr   uintptr // of the read; 0 where the system did not say
}

func (e *FaultError) Error() string {
	return fmt.Sprintf("%s could not be read at byte %d: it was cut short or its disk fails", e.Path, e.Offset)
}

// Hint is what to do about it.
func (e *FaultError) Hint() string { return "check the disk and copy the model again" }

// Guard runs f and turns a fault on an open File's bytes into a *FaultError.
// It holds for this goroutine only, not for those f starts. Other panics pass.
func Guard(f func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		fault := AsFault(v)
		if fault == nil {
			panic(v)
		}
		err = fault
	}()
	return f()
}

// AsFault says what a recovered panic means: the fault on an open File's bytes,
// or nil where it was anything else, a wild pointer too. Faults panic only in
// goroutines that have debug.SetPanicOnFault on.
func AsFault(recovered any) *FaultError {
	if fault, ok := recovered.(addressed); ok {
		return mapped.around(fault.Addr())
	}
	if fault, ok := recovered.(runtime.Error); ok && fault.Error() == noAddress {
		return mapped.cutShort()
	}
	return nil
}

// addressed is how Go's runtime panics for a fault at a known address.
type addressed interface {
	runtime.Error
	Addr() uintptr
}

// noAddress is its text for a fault near address 0. Linux always tells where a
// fault was, but qemu's user emulation (7.2) reports 0 for a SIGBUS.
const noAddress = "runtime error: invalid memory address or nil pointer dereference"

// addrSlack is how far from the faulting byte the reported address may lie: wide
// loads that straddle pages report one end or the other.
const addrSlack = 4096

// mapped are the files that are open, to know whose fault a fault is.
var mapped registry

type registry struct {
	mu    sync.Mutex
	files map[*File]struct{}
}

func (r *registry) add(f *File) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.files == nil {
		r.files = map[*File]struct{}{}
	}
	r.files[f] = struct{}{}
}

func (r *registry) remove(f *File) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.files, f)
}

// around is the fault at an address, if that lies in one of the files.
func (r *registry) around(addr uintptr) *FaultError {
	r.mu.Lock()
	defer r.mu.Unlock()
	for f := range r.files {
		begin := addressOf(f.data)
		end := begin + uintptr(len(f.data))
		if addr+addrSlack >= begin && addr < end+addrSlack {
			at := min(max(int64(addr)-int64(begin), 0), int64(len(f.data))-1)
			return &FaultError{Path: f.path, Offset: at, Addr: addr}
		}
	}
	return nil
}

// cutShort is a fault at an unknown address, if one of the files explains it.
func (r *registry) cutShort() *FaultError {
	r.mu.Lock()
	defer r.mu.Unlock()
	for f := range r.files {
		if info, err := f.file.Stat(); err == nil && info.Size() < int64(len(f.data)) {
			return &FaultError{Path: f.path, Offset: info.Size()}
		}
	}
	return nil
}

func addressOf(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
