package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"

	"llamad/runtime/llm"
)

// measuredThreads keeps how many threads decode a model fastest on this board,
// which the first prompts found out, for the next start. Losing the file costs a
// few dozen tokens of measuring, so nothing about it is an error.
type measuredThreads struct {
	path string // of the file: {"tinyllama.gguf dotprod": 2}
	log  *slog.Logger
}

const threadsFile = "decode-threads.json"

// maxMeasured bounds the file; a board sees a handful of models.
const maxMeasured = 64

func (t measuredThreads) key(model, kernel string) string { return filepath.Base(model) + " " + kernel }

// options makes the engine ask and tell.
func (t measuredThreads) options(model string, o *llm.Options) {
	o.KnownThreads = func(kernel string) int { return t.load()[t.key(model, kernel)] }
	o.OnThreads = func(kernel string, decode int) {
		t.log.Info("decode threads measured", "model", filepath.Base(model), "kernel", kernel, "threads", decode)
		known := t.load()
		if len(known) >= maxMeasured {
			known = map[string]int{}
		}
		known[t.key(model, kernel)] = decode
		if err := t.store(known); err != nil {
			t.log.Warn("decode threads are measured again at the next start", "file", t.path, "err", err)
		}
	}
}

// load reads what is known; a file that is missing or damaged knows nothing.
func (t measuredThreads) load() map[string]int {
	known := map[string]int{}
	text, err := os.ReadFile(t.path)
	if err != nil || json.Unmarshal(text, &known) != nil {
		return map[string]int{}
	}
	return known
}

func (t measuredThreads) store(known map[string]int) error {
	text, err := json.Marshal(known)
	if err != nil {
		return err
	}
	return replaceFile(t.path, string(text)+"\n", 0o644)
}
