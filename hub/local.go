package hub

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// pullPath copies a file of this machine, such as one on a stick.
func (c *client) pullPath(ctx context.Context, src Source) (Result, error) {
	path, err := src.file()
	if err != nil {
		return Result{}, err
	}
	from, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return Result{}, &Error{Err: err, Cure: "name a file that this user may read"}
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return Result{}, &Error{Text: path + " is no regular file", Err: err}
	}
	size, err := checkSize(info.Size())
	if err != nil {
		return Result{}, &Error{Text: path, Err: err}
	}
	to := directory(c.Directory, filepath.Base(path))
	if there, err := os.Stat(to.final); err == nil && os.SameFile(there, info) {
		return Result{Path: to.final, Size: size, Already: true}, nil
	}
	if err := to.prepare(); err != nil {
		return Result{}, err
	}
	unlock, err := lock(ctx, to.lock, c.Note)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	p, err := openPartial(to.partial, "", size)
	if err != nil {
		return Result{}, err
	}
	defer p.close()
	r := Result{Path: to.final, Size: size}
	r.SHA256, err = c.copy(ctx, p, from, to.name)
	if err == nil && src.SHA256 != "" && r.SHA256 != src.SHA256 {
		err = &Error{Text: fmt.Sprintf("%s has the sha256 %s, expected %s", path, r.SHA256, src.SHA256), Cure: "it is another file than the one that was meant, or it is damaged"}
	}
	if err != nil {
		p.discard()
		return Result{}, err
	}
	return r, c.commit(p, to)
}

// copy copies all of a file and reads the copy back.
func (c *client) copy(ctx context.Context, p *partial, from *os.File, name string) (string, error) {
	for size := p.note.Size; p.at < size; {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		n, err := io.CopyN(p, from, min(pieceSize, size-p.at))
		if err == io.EOF || err == nil && n == 0 {
			err = fmt.Errorf("%s became shorter meanwhile", from.Name())
		}
		if err != nil {
			return "", err
		}
		c.Progress(Progress{Copying, name, p.at, size})
	}
	was, err := c.digest(ctx, from, p.note.Size, name)
	if err != nil {
		return "", err
	}
	is, err := c.readBack(ctx, p, name)
	if err == nil && is != was {
		err = &Error{Text: "the copy is not like the original", Cure: "one of the two disks fails: llamad doctor looks at this machine's"}
	}
	return is, err
}

// file is the one that is meant: itself, or the only one of a directory.
func (s Source) file() (string, error) {
	info, err := os.Stat(s.Path)
	if err != nil {
		return "", &Error{Err: err, Cure: "name a file that ends in " + Ending + ", or a directory with one"}
	}
	if !info.IsDir() {
		if s.File != "" {
			return "", &Error{Text: s.Path + " is one file already", Cure: "give it alone", usage: true}
		}
		return s.Path, parseFile(filepath.Base(s.Path))
	}
	entries, err := os.ReadDir(s.Path)
	if err != nil {
		return "", &Error{Err: err, Cure: "name a directory that this user may read"}
	}
	var names []string
	for _, e := range entries {
		if parseFile(e.Name()) == nil && (s.File == "" || e.Name() == s.File) {
			names = append(names, e.Name())
		}
	}
	switch {
	case len(names) == 1:
		return filepath.Join(s.Path, names[0]), nil
	case len(names) > 1:
		return "", &Error{Text: fmt.Sprintf("%s has %d models and none is chosen", s.Path, len(names)), Cure: "name one behind it: " + some(names)}
	case s.File != "":
		return "", &Error{Text: fmt.Sprintf("%s has no %s", s.Path, s.File), Cure: "llamad pull " + strings.TrimSuffix(s.Path, "/") + " takes the only one there"}
	}
	return "", &Error{Text: s.Path + " has no file that ends in " + Ending, Cure: "copy one there"}
}
