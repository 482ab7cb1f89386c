package hub

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"llamad/hub/hubtest"
)

// A disk that fills up while the bytes come in, which no look at the free space can
// foresee: somebody else writes too. Where one may mount, it is a real one.
func TestDiskThatFillsUp(t *testing.T) {
	content := random(3*checkpoint, 1)
	v := newVisit(t, content)
	v.to = t.TempDir()
	if err := unix.Mount("llamad", v.to, "tmpfs", 0, "size=100m"); err != nil {
		t.Logf("nothing can be mounted here (%v): a disk that says it is full has to do", err)
		err := diskError(&os.PathError{Op: "write", Path: v.to, Err: unix.ENOSPC})
		if !strings.Contains(hintOf(err), "free some space") {
			t.Errorf("%v: %s", err, hintOf(err))
		}
		return
	}
	defer unix.Unmount(v.to, unix.MNT_DETACH)
	full := filepath.Join(v.to, "full")
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if r.Bytes {
			// The space for the file was set aside: it is taken away behind its back.
			if err := unix.Truncate(v.partial(content), 0); err != nil {
				t.Error(err)
			}
			if err := os.WriteFile(full, make([]byte, 97<<20), 0o600); err != nil {
				t.Error(err)
			}
		}
		return w
	})
	v.fails("no space left on device", "free some space")
	v.hub.Fault(nil)
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
}

// A directory of somebody else's. Root may write everywhere, so this thread stops
// being root to the file system.
func TestNoPermission(t *testing.T) {
	for _, to := range []string{"", t.TempDir()} {
		v := newVisit(t, random(1000, 1))
		v.to = to
		closed := v.to
		if to == "" {
			closed = filepath.Dir(v.cache)
		}
		if err := os.Chmod(closed, 0o555); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if err := unix.Setfsuid(65534); err != nil {
				t.Fatal(err)
			}
		}
		v.fails("permission denied", "use sudo")
		if os.Geteuid() == 0 {
			if err := unix.Setfsuid(0); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(closed, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// What is in the way is said, and not removed.
func TestWhatIsInTheWay(t *testing.T) {
	content := random(1000, 1)
	for _, test := range []struct {
		name    string
		arrange func(v *visit) error
		want    string
	}{
		{"a file where the cache is", func(v *visit) error { return os.WriteFile(v.cache, nil, 0o644) }, "not a directory"},
		{"a link where the bytes come in", func(v *visit) error {
			if err := os.MkdirAll(filepath.Dir(v.partial(content)), 0o755); err != nil {
				return err
			}
			return os.Symlink("/etc/passwd", v.partial(content))
		}, "too many levels of symbolic links"},
		{"a pipe where the bytes come in", func(v *visit) error {
			if err := os.MkdirAll(filepath.Dir(v.partial(content)), 0o755); err != nil {
				return err
			}
			return unix.Mkfifo(v.partial(content), 0o644)
		}, "is no regular file"},
	} {
		v := newVisit(t, content)
		if err := test.arrange(v); err != nil {
			t.Fatal(err)
		}
		if r, err := v.pull(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, %v; expected %q", test.name, r, err, test.want)
		}
	}
}
