package hub

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Remove removes a model from the cache: its name, its bytes unless they have another,
// and what then leads to nothing, as Hugging Face's own programs do.
func (m Model) Remove() error {
	blob, ours := m.blob()
	if err := os.Remove(m.Path); err != nil {
		return err
	}
	if ours {
		shared, err := m.shared(blob)
		if err == nil && !shared {
			err = os.Remove(blob)
		}
		if err != nil {
			return err
		}
	}
	return m.tidy()
}

// blob is the file that a link in a snapshot leads to, if it is one of the
// repository's own.
func (m Model) blob() (string, bool) {
	target, err := os.Readlink(m.Path)
	if err != nil || filepath.IsAbs(target) {
		return "", false
	}
	blob := filepath.Join(filepath.Dir(m.Path), target)
	return blob, filepath.Dir(blob) == filepath.Join(m.home(), "blobs")
}

// snapshot is the directory of the model's commit.
func (m Model) snapshot() string {
	return filepath.Clean(m.Path + strings.Repeat("/..", strings.Count(m.File, "/")+1))
}

// home is the directory of the model's repository: two above its commit.
func (m Model) home() string { return filepath.Dir(filepath.Dir(m.snapshot())) }

// shared says whether a link in some snapshot still leads to the bytes.
func (m Model) shared(blob string) (shared bool, err error) {
	err = filepath.WalkDir(filepath.Join(m.home(), "snapshots"), func(path string, _ fs.DirEntry, err error) error {
		if target, e := os.Readlink(path); e == nil && filepath.Base(target) == filepath.Base(blob) {
			shared = true
		}
		return err
	})
	return shared, err
}

// tidy removes the directories in which nothing is left, and the branches that were
// at a commit of which nothing is left. Whoever pulls writes branches under the same
// lock.
func (m Model) tidy() error {
	home := m.home()
	root, err := os.Open(filepath.Dir(home))
	if err != nil {
		return err
	}
	defer root.Close()
	if err := unix.Flock(int(root.Fd()), unix.LOCK_EX); err != nil {
		return os.NewSyscallError("flock", err)
	}
	removeEmpty(filepath.Dir(m.Path), home)
	if exists(m.snapshot()) {
		return nil
	}
	refs := filepath.Join(home, "refs")
	err = filepath.WalkDir(refs, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // there are none, or they are not ours to read
		}
		at, err := readSmall(path, 64)
		if err != nil || strings.TrimSpace(string(at)) != filepath.Base(m.snapshot()) {
			return nil
		}
		if err := os.Remove(path); err != nil {
			return err
		}
		removeEmpty(filepath.Dir(path), home)
		return nil
	})
	for _, dir := range []string{"snapshots", "blobs", "refs"} {
		removeEmpty(filepath.Join(home, dir), filepath.Dir(home))
	}
	removeEmpty(filepath.Join(filepath.Dir(home), ".locks", filepath.Base(home)), filepath.Dir(home))
	return err
}

// removeEmpty removes a directory if nothing is in it, and those above it likewise,
// up to stop, which stays. A link to a directory is none.
func removeEmpty(dir, stop string) {
	for ; dir != stop && unix.Rmdir(dir) == nil; dir = filepath.Dir(dir) {
	}
}
