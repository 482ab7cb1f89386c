package hub

import (
	"errors"
	"os"
	"path/filepath"
)

// place is where a file comes to lie.
type place struct {
	name    string // of the model's file
	final   string // path of the bytes
	partial string // while they are not all there
	lock    string
	link    string // path under which others look for it; "" is final
	named   bool   // final has the content's digest in its name

	dirs   []string     // which are made first
	linked func() error // makes link, once final is there
}

// directory is a place under the file's own name. What is not all there is hidden, so
// that nobody takes it for a model.
func directory(dir, name string) place {
	if dir == "" {
		dir = "."
	}
	hidden := filepath.Join(dir, "."+name)
	return place{name: name, final: filepath.Join(dir, name), partial: hidden + ".incomplete", lock: hidden + ".lock", dirs: []string{dir}}
}

// path is the one to open the file by.
func (p place) path() string {
	if p.link != "" {
		return p.link
	}
	return p.final
}

func (p place) prepare() error {
	for _, dir := range p.dirs {
		fresh := !exists(dir)
		err := os.MkdirAll(dir, 0o755)
		if err == nil && fresh && p.link == "" {
			err = os.Chmod(dir, 0o755) // whatever the umask: a service is to read it
		}
		if err != nil {
			return diskError(err)
		}
	}
	return nil
}

// publish makes the file be found.
func (p place) publish() error {
	if p.linked == nil {
		return nil
	}
	return p.linked()
}

// makeLink makes path lead to the relative target; where the file system knows no
// symbolic links, the file itself goes there.
func makeLink(path, target string, links bool) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	final := filepath.Join(filepath.Dir(path), target)
	if !links {
		return os.Rename(final, path)
	}
	err := os.Symlink(target, path)
	if errors.Is(err, os.ErrExist) {
		if have, e := os.Readlink(path); e == nil && have == target {
			return nil
		}
		if err = os.Remove(path); err == nil {
			err = os.Symlink(target, path)
		}
	}
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) {
		err = os.Rename(final, path)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
