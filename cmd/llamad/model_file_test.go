package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"llamad/runtime/llm"
)

// errCutShort is how llm says that a file ends too early.
var errCutShort error = cutShort{}

type cutShort struct{}

func (cutShort) Error() string { return "the file is cut short, download it again" }
func (cutShort) Unwrap() error { return llm.ErrIncomplete }

// A model is copied into place, which takes minutes on an SD card, while the
// service looks for one every few seconds: it tries once, waits for the end, and
// says so in one line.
func TestModelThatIsBeingCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const whole = 100 // bytes
		const look = 5 * time.Second
		path := filepath.Join(t.TempDir(), "model.gguf")
		// write has the clock of the test, not that of the disk.
		write := func(size int) {
			if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, time.Now(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		var log strings.Builder
		opens := 0
		k := keeper{
			find: func() (string, error) { return path, nil },
			open: func(context.Context, string) (engine, error) {
				opens++
				if info, err := os.Stat(path); err != nil {
					return nil, err
				} else if info.Size() < whole {
					return nil, errCutShort
				}
				return &fakeEngine{}, nil
			},
			log: slog.New(slog.NewTextHandler(&log, nil)), report: func() {}, file: modelFile{rest: look},
		}
		const copying, damaged, ready = "no_model: %s is still being copied: it is opened when all of it is there", "no_model: the file is cut short, download it again", "ready: "
		for i, step := range []struct {
			size  int // of the file, 0 where nobody writes
			after time.Duration
			opens int
			want  string
		}{
			{0, 0, 1, "no_model: %s: no such file: put a GGUF file there, or set model.path or model.name"},
			{10, look, 1, copying},
			{20, look, 1, copying},
			{30, look, 1, copying},
			{0, look, 2, damaged}, // whoever copied gave up
			{0, look, 2, damaged},
			{40, look, 2, copying},    // and begins again
			{0, look / 2, 2, copying}, // the disk is slow
			{whole, look / 2, 2, copying},
			{0, look, 3, ready},
			{0, look, 3, ready},
		} {
			time.Sleep(step.after)
			if step.size > 0 {
				write(step.size)
			}
			k.refresh(t.Context())
			want := strings.Replace(step.want, "%s", path, 1)
			info := k.describe()
			if got := info.Status + ": " + info.Message; got != want || opens != step.opens {
				t.Errorf("step %d: %q after %d attempts, expected %q after %d", i, got, opens, want, step.opens)
			}
		}
		if lines := strings.Count(log.String(), "is still being copied"); lines != 2 {
			t.Errorf("%d lines say that a copy is under way, expected one for each of the two:\n%s", lines, log.String())
		}
	})
}

// A file that is found half-written is tried at once, and no verdict on it.
func TestHalfAModelAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const look = 5 * time.Second
		path := filepath.Join(t.TempDir(), "model.gguf")
		if err := os.WriteFile(path, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Now(), time.Now().Add(-time.Second)); err != nil {
			t.Fatal(err)
		}
		k := keeper{
			find: func() (string, error) { return path, nil },
			open: func(context.Context, string) (engine, error) { return nil, errCutShort },
			log:  slog.New(slog.DiscardHandler), report: func() {}, file: modelFile{rest: look},
		}
		k.refresh(t.Context())
		if m := k.describe().Message; !strings.Contains(m, "is still being copied") {
			t.Errorf("a file written to a second ago: %s", m)
		}
		k.open = func(context.Context, string) (engine, error) { return nil, errors.New("no GGUF file") }
		k.file = modelFile{rest: look}
		k.refresh(t.Context())
		if m := k.describe().Message; m != "no GGUF file" {
			t.Errorf("a file that is something else, written to a second ago: %s", m)
		}
		k.open = func(context.Context, string) (engine, error) { return nil, errCutShort }
		time.Sleep(tryAgain)
		k.refresh(t.Context())
		if m := k.describe().Message; strings.Contains(m, "is still being copied") {
			t.Errorf("the same a minute later: %s", m)
		}
	})
}

// What is wrong with a disk the file does not show: it looks the same when it can
// be read again.
func TestDiskThatFailsForAWhile(t *testing.T) {
	for _, failure := range []error{&llm.FaultError{Path: "model.gguf"}, &os.PathError{Op: "open", Path: "model.gguf", Err: syscall.EIO}} {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.gguf")
			if err := os.WriteFile(path, []byte("whole"), 0o644); err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			k := keeper{
				find: func() (string, error) { return path, nil },
				open: func(context.Context, string) (engine, error) { return nil, failure },
				log:  slog.New(slog.NewTextHandler(&log, nil)), report: func() {},
			}
			const look = 5 * time.Second
			for range 10 {
				k.refresh(t.Context())
				time.Sleep(look)
			}
			k.open = func(context.Context, string) (engine, error) { return &fakeEngine{}, nil }
			k.refresh(t.Context())
			if i := k.describe(); i.Status != "ready" {
				t.Errorf("%T: %v after the disk is back: %s: %s", failure, look, i.Status, i.Message)
			}
			if lines := strings.Count(log.String(), "there is no model"); lines != 1 {
				t.Errorf("%T: %d lines about it, expected one:\n%s", failure, lines, log.String())
			}
		})
	}
}

// What nobody has written to for a while is whole, even if it came a moment ago: it
// was moved there. The next look at one that is being copied is when it may be.
func TestModelThatHasComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const look = 5 * time.Second
		path := filepath.Join(t.TempDir(), "model.gguf")
		f := modelFile{rest: look}
		for i, step := range []struct {
			bytes int           // of the file, 0 where there is none
			age   time.Duration // since somebody wrote to it
			due   bool
			pause time.Duration
		}{
			{0, 0, true, 0},
			{1, 2 * time.Second, false, look - 2*time.Second},
			{1, look, true, 0},
			{1, look, false, 0}, // tried, and as it was
			{2, time.Minute, true, 0},
			{3, -time.Hour, false, look}, // by a clock that goes wrong
			{0, 0, true, 0},
		} {
			if step.bytes > 0 {
				if err := os.WriteFile(path, make([]byte, step.bytes), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(path, time.Now(), time.Now().Add(-step.age)); err != nil {
					t.Fatal(err)
				}
			} else if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			due, err := f.due(path)
			if due != step.due || f.pause != step.pause || (err != nil) != (step.pause > 0) {
				t.Errorf("step %d: due %v, %v, pause %v; want %v and %v", i, due, err, f.pause, step.due, step.pause)
			}
			if due {
				_ = f.failed(errors.New("no model"))
			}
			if f.pause > 0 && step.age > 0 { // and then it is
				time.Sleep(f.pause)
			}
		}
	})
}
