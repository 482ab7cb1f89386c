package memory

import (
	"runtime"
	"testing"
)

// This machine has room and runs this program, and memory that is touched is seen as taken.
func TestHost(t *testing.T) {
	if room := Host().Room(); room.Bytes < mib || room.From == "" {
		t.Errorf("%+v", room)
	}
	if program := Host().Program(); program < mib {
		t.Errorf("the program has %d bytes", program)
	}
	before := Host().Process()
	const size = 64 * mib
	block := make([]byte, size)
	for i := 0; i < len(block); i += 1024 {
		block[i] = 1
	}
	if got := Host().Process().Anonymous - before.Anonymous; got < size*9/10 || got > size*11/10 {
		t.Errorf("%d bytes more are anonymous, want about %d", got, size)
	}
	runtime.KeepAlive(block)
}
