package hub

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"time"
)

// Options say how to pull.
type Options struct {
	Settings

	// Directory is where the file goes, under its own name; "" is the cache, or the
	// current directory for what comes from no hub.
	Directory string

	// Check looks at a file that is whole and has the right digest, before it gets its
	// name. What it refuses is removed.
	Check func(path string) error

	// Progress is told how far a step is, often. It may be nil.
	Progress func(Progress)

	// Note is told what happens on the way, in a few words. It may be nil.
	Note func(text string)

	wait func(context.Context, time.Duration) error // for tests
}

// Progress is how far a step is.
type Progress struct {
	Step  Step
	File  string // its name
	Done  int64  // bytes
	Total int64
}

// Step is a part of the work.
type Step string

// The steps, in order.
const (
	Downloading Step = "downloading"
	Copying     Step = "copying"
	Checking    Step = "checking" // reading back
)

// Result is a model that is there.
type Result struct {
	Path    string
	Size    int64
	SHA256  string // "" where nothing was read
	Licence string // "" where nobody says
	Already bool   // it was there before
}

// client is one pull.
type client struct {
	Options
	settings Settings
	http     *http.Client
}

// Pull fetches a model. Errors have a Hint where there is a cure.
func Pull(ctx context.Context, src Source, o Options) (Result, error) {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.wait == nil {
		o.wait = sleep
	}
	c := &client{Options: o, settings: o.Settings, http: newHTTP(o.Settings)}
	defer c.http.CloseIdleConnections()
	switch {
	case src.Path != "":
		return c.pullPath(ctx, src)
	case src.URL != nil:
		return c.pullAddress(ctx, src)
	}
	return c.pullRepo(ctx, src)
}

// pullRepo fetches a file of a hub.
func (c *client) pullRepo(ctx context.Context, src Source) (Result, error) {
	cache := Cache{Root: c.settings.Cache, Links: c.settings.Links}
	// A commit never changes, and a branch is what it was while nobody can be asked.
	if found, ok := cache.find(src); ok && c.Directory == "" && (commit.MatchString(src.Revision) || c.settings.Offline) {
		found.Licence = src.Licence
		return found, nil
	}
	if c.settings.Offline {
		return Result{}, &Error{Text: fmt.Sprintf("%s is not in %s", src.Repo, cache.Root), Err: ErrOffline, Cure: "unset HF_HUB_OFFLINE to fetch it, or copy the file: llamad pull /path/to/model" + Ending}
	}
	var m metadata
	err := c.again(ctx, func() (err error) {
		if src.File == "" {
			if src.File, src.Licence, err = c.choose(ctx, src); err != nil {
				return err
			}
		}
		m, err = c.hubMetadata(ctx, src)
		return err
	})
	if found, ok := cache.find(src); ok && c.Directory == "" && isPassing(err) {
		c.Note(fmt.Sprintf("%v: what is in the cache has to do", err))
		return found, nil
	}
	if err != nil {
		return Result{}, err
	}
	if err := m.agree(src); err != nil {
		return Result{}, err
	}
	place := cache.place(src, m)
	if c.Directory != "" {
		place = directory(c.Directory, path.Base(src.File))
	}
	r, err := c.fetch(ctx, m, place, m.etag)
	r.Licence = src.Licence
	return r, err
}

// pullAddress fetches what lies at an address.
func (c *client) pullAddress(ctx context.Context, src Source) (Result, error) {
	if c.settings.Offline {
		return Result{}, &Error{Text: "not fetched", Err: ErrOffline, Cure: "unset it to fetch something"}
	}
	var m metadata
	err := c.again(ctx, func() (err error) {
		m, err = c.addressMetadata(ctx, src.URL)
		return err
	})
	if err == nil {
		err = m.agree(src)
	}
	if err != nil {
		return Result{}, err
	}
	// Without a digest or an ETag nothing says that two answers are parts of one file.
	m.sha256 = src.SHA256
	content := src.SHA256
	if content == "" && m.etag != "" {
		content = src.URL.Redacted() + " " + m.etag
	}
	return c.fetch(ctx, m, directory(c.Directory, path.Base(src.URL.Path)), content)
}

// agree compares what the server says with what is known.
func (m *metadata) agree(src Source) error {
	switch {
	case src.SHA256 != "" && m.sha256 != "" && src.SHA256 != m.sha256:
		return &Error{Text: fmt.Sprintf("the file has the sha256 %s, expected %s", m.sha256, src.SHA256), Cure: "it is another file than the one that was meant: look who changed it before you trust it"}
	case src.Size != 0 && src.Size != m.size:
		return &Error{Text: fmt.Sprintf("the file has %d bytes, expected %d", m.size, src.Size), Cure: "it is another file than the one that was meant: look who changed it before you trust it"}
	}
	if src.SHA256 != "" {
		m.sha256 = src.SHA256
	}
	return nil
}

// fetch makes the file be at its place. content names what is fetched for the next
// attempt; "" makes that begin anew.
func (c *client) fetch(ctx context.Context, m metadata, to place, content string) (r Result, err error) {
	if err := to.prepare(); err != nil {
		return r, err
	}
	unlock, err := lock(ctx, to.lock, c.Note)
	if err != nil {
		return r, err
	}
	defer unlock()
	if r, ok, err := c.present(ctx, m, to); ok || err != nil {
		return r, err
	}
	p, err := openPartial(to.partial, content, m.size)
	if err != nil {
		return r, err
	}
	defer p.close()
	defer func() {
		if err != nil {
			p.leave()
		}
	}()
	d := &download{client: c, from: m, to: p, name: to.name}
	for {
		if err := d.run(ctx); err != nil {
			return r, err
		}
		digest, err := c.readBack(ctx, p, to.name)
		if err != nil {
			return r, err
		}
		if m.sha256 == "" || digest == m.sha256 {
			r.SHA256 = digest
			break
		}
		if d.pieces > 1 && !d.anew {
			// The pieces may be of different files: one more time, in one go.
			c.Note("the pieces do not belong together: from the beginning")
			if err := d.restart(); err != nil {
				return r, err
			}
			d.anew = true
			continue
		}
		p.discard()
		return r, &Error{Text: fmt.Sprintf("what arrived has the sha256 %s, expected %s", digest, m.sha256), Cure: "nothing of it was kept: pull again; if it stays like that, the file at the other end is not the right one"}
	}
	r.Path, r.Size = to.path(), m.size
	return r, c.commit(p, to)
}

// present says whether the file is at its place already. With a digest to go by it
// is read, but for what the cache holds under that digest.
func (c *client) present(ctx context.Context, m metadata, to place) (Result, bool, error) {
	have := func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Mode().IsRegular() && info.Size() == m.size
	}
	if !have(to.final) && !have(to.path()) { // without links only the second is there
		return Result{}, false, nil
	}
	r := Result{Path: to.path(), Size: m.size, SHA256: m.sha256, Already: true}
	if !to.named && m.sha256 != "" {
		f, err := os.Open(to.final)
		if err != nil {
			return r, false, diskError(err)
		}
		defer f.Close()
		digest, err := c.digest(ctx, f, m.size, to.name)
		if err != nil || digest != m.sha256 {
			return r, false, err
		}
	}
	if have(to.final) {
		if err := to.publish(); err != nil {
			return r, false, diskError(err)
		}
	}
	return r, true, nil
}

// commit gives a file that was read back its name, if it is accepted.
func (c *client) commit(p *partial, to place) error {
	if c.Check != nil {
		if err := c.Check(p.path); err != nil {
			p.discard()
			return &Error{Text: to.name + " is not kept", Err: err}
		}
	}
	err := p.file.Chmod(0o644)
	if err == nil {
		err = p.file.Sync()
	}
	if err == nil {
		err = os.Rename(p.path, to.final)
	}
	if err == nil {
		os.Remove(p.notePath())
		err = syncDir(filepath.Dir(to.final))
	}
	if err == nil {
		err = to.publish()
	}
	return diskError(err)
}
