package llm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/kernel"
	"llamad/runtime/mmap"
)

// copyOf is a file of its own with a model's bytes, to be damaged.
func copyOf(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(out, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return out
}

// Of a model that was cut short anywhere nothing is opened, and the reason is that.
func TestCutModelsAreRefused(t *testing.T) {
	path := copyOf(t, smolLM2(t))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	const cuts = 100
	draw := rand.New(rand.NewPCG(8, 3))
	var sizes []int64 // from long to short, so that one copy is enough
	for range cuts {
		sizes = append(sizes, draw.Int64N(info.Size()))
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	incomplete := 0
	for _, size := range sizes {
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		m, err := Open(context.Background(), path, Options{})
		var format *gguf.Error
		switch {
		case err == nil:
			m.Close()
			t.Errorf("opened, though only %d of %d bytes are there", size, info.Size())
		case !errors.As(err, &format):
			t.Errorf("%d bytes: %v, want a *gguf.Error", size, err)
		case errors.Is(err, ErrIncomplete):
			incomplete++
		}
	}
	if incomplete != cuts {
		t.Errorf("%d of %d refusals say that the file ends too early", incomplete, cuts)
	}
}

// Once the head of the file is read, a cut hurts nobody until a weight is needed.
func TestFileCutWhileItIsOpened(t *testing.T) {
	for _, template := range []string{"", "{{ messages[0].content }}"} {
		d := newDraft()
		if template != "" {
			d.set("tokenizer.chat_template", template)
		}
		path := d.write(t)
		m := newModel(path, Options{})
		defer m.Close()
		var err error
		if m.kernel, err = kernel.Choose(""); err != nil {
			t.Fatal(err)
		}
		if m.file, err = mmap.Open(path); err != nil {
			t.Fatal(err)
		}
		source, err := m.load()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		o := Options{Budget: 64 << 20, Context: 64}
		if err := errors.Join(m.judge(context.Background(), source, o), m.prepare(o)); err != nil {
			t.Fatal(err)
		}
		if source != template {
			t.Errorf("template %q, want %q", source, template)
		}
		ids := encode(t, m, Prompt{Text: "ab a"})
		var broken *ModelError
		if _, _, err := generate(t, m, context.Background(), "", ids, greedy(4)); !errors.As(err, &broken) {
			t.Errorf("%v, want a *ModelError", err)
		}
	}
}

// A file that is written to in the middle of a batch ends that batch.
func TestFileIsLookedAtInsideABatch(t *testing.T) {
	path := newDraft().write(t)
	m := open(t, path, Options{Budget: 64 << 20, Context: 64})
	ids := encode(t, m, Prompt{Text: "ab a"})
	g := &generation{Model: m, Context: context.Background(), ids: ids}
	if err := g.enter("", 1, 1); err != nil {
		t.Fatal(err)
	}
	asked := 0
	g.goOn = func() error {
		if asked++; asked == 2 { // before the second layer
			if err := os.Truncate(path, 1<<20); err != nil {
				t.Fatal(err)
			}
			g.checked = g.checked.Add(-fileCheck)
		}
		return g.unbroken()
	}
	err := g.prefill()
	var changed *mmap.ChangedError
	if !errors.As(err, &changed) || !changed.InPlace() || asked != 2 {
		t.Errorf("%v after question %d, want a change in place after the second", err, asked)
	}
	if len(g.slot.tokens) != 0 {
		t.Errorf("%d tokens of a batch that failed count as computed", len(g.slot.tokens))
	}
}

// manyCores makes Go offer more cores than there may be, for as many workers.
func manyCores(t *testing.T, n int) {
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

const manyWorkers = 4

// A worker that meets the end of a file that was cut short fails the computation,
// whichever it is, and the others with it.
func TestCutFileInEveryWorker(t *testing.T) {
	manyCores(t, manyWorkers)
	path := copyOf(t, "../model/testdata/mini/mini-q4_0.gguf")
	m := open(t, path, Options{Context: 64, ThreadsPrefill: manyWorkers, ThreadsDecode: manyWorkers})
	if err := os.Truncate(path, int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	gone := m.file.Bytes()[2*os.Getpagesize():]
	for worker := range manyWorkers {
		var seen byte
		err := asModelError(m.pool.Run(manyWorkers, func(w, _ int) {
			if w == worker {
				seen += gone[17]
			}
		}))
		var broken *ModelError
		if !errors.As(err, &broken) || seen != 0 {
			t.Errorf("worker %d of %d: %v, want a *ModelError", worker, manyWorkers, err)
		}
	}
}

// In a pass it is the kernels that fault, in the share of the weights that is one
// worker's: in prefill and in decode.
func TestFaultInEveryWorkersShare(t *testing.T) {
	if emulated() {
		t.Log("the emulator does not say where a fault was, and this file is as long as ever: TestCutFileInEveryWorker has to do")
		return
	}
	manyCores(t, manyWorkers)
	path := copyOf(t, "../model/testdata/mini/mini-q4_0.gguf")
	m := open(t, path, Options{Context: 128, ThreadsPrefill: manyWorkers, ThreadsDecode: manyWorkers})
	gate := &m.model.Layers[0].Gate
	row := gate.Format.RowBytes(gate.Cols)
	for worker := range manyWorkers {
		from, to := m.kernel.Share(gate.Rows, worker, manyWorkers)
		for _, phase := range []string{"prefill", "decode"} {
			t.Run(fmt.Sprintf("%s, worker %d", phase, worker), func(t *testing.T) {
				ids := encode(t, m, Prompt{Text: fmt.Sprintf("The %s of worker %d", phase, worker)})
				h := &hole{t: t, of: m.file, share: gate.Data[from*row : to*row]}
				if phase == "prefill" {
					h.tear()
				}
				s, err := m.Session("")
				if err != nil {
					t.Fatal(err)
				}
				pieces := 0
				for _, e := range s.Generate(context.Background(), ids, greedy(16)) {
					if err = e; err == nil {
						pieces++
						h.tear()
					}
				}
				s.Close()
				h.mend()
				var broken *ModelError
				var fault *mmap.FaultError
				if !errors.As(err, &broken) || !errors.As(err, &fault) || pieces > 1 || (pieces == 1) != (phase == "decode") {
					t.Fatalf("%v after %d pieces, want a *ModelError in %s", err, pieces, phase)
				}
				if begin := int64(h.begin - h.base); fault.Offset < begin-64 || fault.Offset >= begin+int64(os.Getpagesize()) {
					t.Errorf("%v, want it in the page at %d", err, begin)
				}
				if r, _, err := generate(t, m, context.Background(), "", ids, greedy(4)); err != nil || r.CompletionTokens == 0 {
					t.Errorf("once the page is back: %+v, %v", r, err)
				}
			})
		}
	}
}

// hole is a page in the middle of a share of the weights that is replaced by one
// of a file without bytes, so that reading it is a SIGBUS.
type hole struct {
	t           *testing.T
	of          *mmap.File
	share       []byte
	base, begin uintptr // of the file's mapping, and of the page
}

func (h *hole) tear() {
	h.t.Helper()
	if h.begin != 0 {
		return
	}
	page := uintptr(os.Getpagesize())
	h.base = reflect.ValueOf(h.of.Bytes()).Pointer()
	share := reflect.ValueOf(h.share).Pointer()
	h.begin = (share + uintptr(len(h.share))/2) &^ (page - 1)
	if h.begin < share || h.begin+page > share+uintptr(len(h.share)) {
		h.t.Fatalf("a share of %d bytes has no page of its own", len(h.share))
	}
	empty, err := os.Create(filepath.Join(h.t.TempDir(), "empty"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer empty.Close()
	h.put(empty, 0)
}

func (h *hole) mend() {
	h.t.Helper()
	file, err := os.Open(h.of.Path())
	if err != nil {
		h.t.Fatal(err)
	}
	defer file.Close()
	h.put(file, h.begin-h.base)
}

func (h *hole) put(file *os.File, offset uintptr) {
	h.t.Helper()
	_, _, errno := syscall.Syscall6(syscall.SYS_MMAP, h.begin, uintptr(os.Getpagesize()), syscall.PROT_READ, syscall.MAP_SHARED|syscall.MAP_FIXED, file.Fd(), offset)
	if errno != 0 {
		h.t.Fatal(errno)
	}
}
