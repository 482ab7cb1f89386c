package mmap

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestChanged(t *testing.T) {
	overwrite := func(path string) error {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteAt([]byte("new"), 10)
		return errors.Join(err, f.Close())
	}
	other := func(path string) string {
		p := filepath.Join(filepath.Dir(path), "other.gguf")
		os.WriteFile(p, []byte("other"), 0o644)
		return p
	}
	for _, c := range []struct {
		name string
		do   func(path string) error
		want Change // 0 is none
	}{
		{"nothing", func(string) error { return nil }, 0},
		{"read", func(p string) error { _, err := os.ReadFile(p); return err }, 0},
		{"linked once more", func(p string) error { return os.Link(p, p+".bak") }, 0},
		{"cut short", func(p string) error { return os.Truncate(p, 1) }, Modified},
		{"emptied and written anew", func(p string) error { return os.WriteFile(p, make([]byte, 4*pageSize), 0o644) }, Modified},
		{"appended to", func(p string) error { return os.Truncate(p, 1<<20) }, Modified},
		{"overwritten in place", overwrite, Modified},
		{"overwritten, time put back", func(p string) error {
			info, err := os.Stat(p)
			return errors.Join(err, overwrite(p), os.Chtimes(p, time.Time{}, info.ModTime()))
		}, Modified},
		{"cut short and removed", func(p string) error { return errors.Join(os.Truncate(p, 1), os.Remove(p)) }, Modified},
		{"new mode", func(p string) error { return os.Chmod(p, 0o600) }, Modified},
		{"replaced by a rename", func(p string) error { return os.Rename(other(p), p) }, Replaced},
		{"removed and made anew", func(p string) error { return errors.Join(os.Remove(p), os.WriteFile(p, nil, 0o644)) }, Replaced},
		{"removed", os.Remove, Removed},
		{"moved away", func(p string) error { return os.Rename(p, p+".old") }, Removed},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := pages(t, 4)
			f := open(t, path)
			pastTheTick(t)
			if err := c.do(path); err != nil {
				t.Fatal(err)
			}
			checkChange(t, f, c.want)
		})
	}
	t.Run("link led elsewhere", func(t *testing.T) {
		path := pages(t, 4)
		link := path + ".link"
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		f := open(t, link)
		if err := errors.Join(os.Remove(link), os.Symlink(other(path), link)); err != nil {
			t.Fatal(err)
		}
		checkChange(t, f, Replaced)
	})
}

func checkChange(t *testing.T, f *File, want Change) {
	t.Helper()
	for range 2 { // the answer stays the same
		err := f.Changed()
		var e *ChangedError
		switch {
		case want == 0 && err != nil:
			t.Errorf("got %v, want nil", err)
		case want != 0 && (!errors.As(err, &e) || e.Change != want || e.Path != f.Path() || e.InPlace() != (want == Modified)):
			t.Errorf("got %v, want change %d", err, want)
		case want != 0 && (!strings.HasPrefix(err.Error(), f.Path()+" was ") || (e.Detail != "") != e.InPlace()):
			t.Errorf("message %q", err)
		}
	}
}

// pastTheTick waits until the file system's clock, which goes in steps of up to
// 10 ms, has moved on, so that a change gets another time than the file has.
func pastTheTick(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clock")
	var first time.Time
	for i := 0; ; i++ {
		if err := os.WriteFile(path, []byte{byte(i)}, 0o644); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = info.ModTime()
		} else if info.ModTime().After(first) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
