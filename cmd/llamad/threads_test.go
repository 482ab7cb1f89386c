package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/llm"
)

func TestMeasuredThreadsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), threadsFile)
	kept := measuredThreads{path: path, log: slog.New(slog.DiscardHandler)}
	var o llm.Options
	kept.options("/models/tiny.gguf", &o)
	if n := o.KnownThreads("dotprod"); n != 0 {
		t.Errorf("%d threads known before any was measured", n)
	}
	o.OnThreads("dotprod", 2)
	o.OnThreads("neon", 3)

	var again llm.Options
	measuredThreads{path: path, log: kept.log}.options("/elsewhere/tiny.gguf", &again)
	for kernel, want := range map[string]int{"dotprod": 2, "neon": 3, "avx2": 0} {
		if n := again.KnownThreads(kernel); n != want {
			t.Errorf("%s: %d threads known after a restart, want %d", kernel, n, want)
		}
	}

	if err := os.WriteFile(path, []byte("{damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := again.KnownThreads("dotprod"); n != 0 {
		t.Errorf("a damaged file knows %d threads", n)
	}
	again.OnThreads("dotprod", 4)
	if n := again.KnownThreads("dotprod"); n != 4 {
		t.Errorf("after it was written anew %d threads are known, want 4", n)
	}
}
