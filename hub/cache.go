package hub

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Cache is the directory that Hugging Face's programs share. For each repository:
//
//	models--OWNER--NAME/blobs/DIGEST            the bytes
//	models--OWNER--NAME/snapshots/COMMIT/FILE   a link to them
//	models--OWNER--NAME/refs/BRANCH             the commit that a branch was at
//	.locks/models--OWNER--NAME/DIGEST.lock      held while the bytes come in
type Cache struct {
	Root  string
	Links bool // the file system may have symbolic links
}

// tag tells backups that a directory can be made anew: bford.info/cachedir.
const tag = "Signature: 8a477f597d28d172789f06886806bc55\n# Models that were downloaded. Hugging Face's programs keep them here too.\n"

func folder(repo Repo) string { return "models--" + strings.ReplaceAll(string(repo), "/", "--") }

// place is where a file of a repository comes to lie.
func (c Cache) place(src Source, m metadata) place {
	home := filepath.Join(c.Root, folder(src.Repo))
	locks := filepath.Join(c.Root, ".locks", folder(src.Repo))
	blob := filepath.Join(home, "blobs", m.etag)
	link := filepath.Join(home, "snapshots", m.commit, filepath.FromSlash(src.File))
	up := strings.Repeat("../", strings.Count(src.File, "/")+2)
	return place{
		name: path.Base(src.File), final: blob, partial: blob + ".incomplete", lock: filepath.Join(locks, m.etag+".lock"), link: link, named: true,
		dirs: []string{c.Root, filepath.Dir(blob), locks},
		linked: func() error {
			if err := makeLink(link, filepath.FromSlash(up+"blobs/"+m.etag), c.Links); err != nil {
				return err
			}
			return c.note(src, m.commit)
		},
	}
}

// note writes down which commit a branch is at, and what the directory is. Others,
// who pull other files, wait.
func (c Cache) note(src Source, at string) error {
	root, err := os.Open(c.Root)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := unix.Flock(int(root.Fd()), unix.LOCK_EX); err != nil {
		return os.NewSyscallError("flock", err)
	}
	if file := filepath.Join(c.Root, "CACHEDIR.TAG"); !exists(file) {
		if err := writeFile(file, []byte(tag)); err != nil {
			return err
		}
	}
	if src.Revision == at {
		return nil
	}
	ref := filepath.Join(c.Root, folder(src.Repo), "refs", filepath.FromSlash(src.Revision))
	if err := os.MkdirAll(filepath.Dir(ref), 0o755); err != nil {
		return err
	}
	return writeFile(ref, []byte(at))
}

// find looks a file up: in the snapshot that its revision was at.
func (c Cache) find(src Source) (Result, bool) {
	at := src.Revision
	if !commit.MatchString(at) {
		text, err := readSmall(filepath.Join(c.Root, folder(src.Repo), "refs", filepath.FromSlash(src.Revision)), 64)
		if at = strings.TrimSpace(string(text)); err != nil || !commit.MatchString(at) {
			return Result{}, false
		}
	}
	snapshot := filepath.Join(c.Root, folder(src.Repo), "snapshots", at)
	file := src.File
	if file == "" {
		var fit []string
		for _, m := range c.snapshot(src.Repo, snapshot) {
			if src.Quant == "" || hasQuant(m.File, src.Quant) {
				fit = append(fit, m.File)
			}
		}
		if len(fit) != 1 {
			return Result{}, false
		}
		file = fit[0]
	}
	file = filepath.Join(snapshot, filepath.FromSlash(file))
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || src.Size != 0 && info.Size() != src.Size {
		return Result{}, false
	}
	return Result{Path: file, Size: info.Size(), SHA256: src.SHA256, Already: true}, true
}

// Model is a file in the cache.
type Model struct {
	Repo     Repo
	File     string // in the repository
	Path     string
	Size     int64 // bytes
	Modified time.Time
	SHA256   string // "" where its place does not tell
}

// Name is the file's name without its ending, which is what llamad run takes.
func (m Model) Name() string { return strings.TrimSuffix(path.Base(m.File), Ending) }

// Models lists what the cache holds, by name; of several commits' files of one name
// the newest comes first.
func (c Cache) Models() []Model {
	snapshots, err := filepath.Glob(filepath.Join(glob(c.Root), "models--*", "snapshots", "*"))
	if err != nil {
		return nil
	}
	var all []Model
	for _, s := range snapshots {
		name := strings.TrimPrefix(filepath.Base(filepath.Dir(filepath.Dir(s))), "models--")
		if repo, err := parseRepo(strings.Replace(name, "--", "/", 1)); err == nil {
			all = append(all, c.snapshot(repo, s)...)
		}
	}
	slices.SortFunc(all, func(a, b Model) int {
		return cmp.Or(strings.Compare(a.Name(), b.Name()), b.Modified.Compare(a.Modified))
	})
	return all
}

// snapshot lists the models of one commit.
func (c Cache) snapshot(repo Repo, dir string) []Model {
	var all []Model
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return nil // what may not be read has nothing to offer
		}
		file, err := filepath.Rel(dir, path)
		if err != nil || parseFile(filepath.ToSlash(file)) != nil {
			return nil
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() { // follows the link
			m := Model{Repo: repo, File: filepath.ToSlash(file), Path: path, Size: info.Size(), Modified: info.ModTime()}
			if blob, ok := m.blob(); ok && sha.MatchString(filepath.Base(blob)) {
				m.SHA256 = filepath.Base(blob)
			}
			all = append(all, m)
		}
		return nil
	})
	return all
}

// glob is a path in which nothing is a pattern.
func glob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
