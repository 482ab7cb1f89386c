package hub

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Source is where a model comes from: a repository of a hub, an address, or a path
// of this machine. One of Repo, URL and Path is set.
type Source struct {
	Repo     Repo
	Revision string // branch, tag or commit
	File     string // in the repository or in the directory Path; "" is the one there is
	Quant    string // "Q4_K_M": names the file where File does not

	URL  *url.URL
	Path string

	SHA256  string // which the file must have; "" is not known
	Size    int64  // which it must have; 0 is not known
	Licence string // "" is not known
}

var quant = regexp.MustCompile(`^[A-Za-z0-9_]{2,16}$`)

// Words are what a user types.
type Words struct {
	What     string // a short name, OWNER/NAME, OWNER/NAME:QUANT, an address or a path
	File     string // "" is none
	Revision string // "" is that of What
	SHA256   string // "" is none
}

// Parse makes a Source of a user's words. An address of a file in a repository of
// the hub that s leads to counts as that file of that repository.
func Parse(w Words, s Settings) (Source, error) {
	src, err := parse(w, s)
	if err != nil {
		return Source{}, err
	}
	if w.Revision != "" {
		if src.Repo == "" {
			return Source{}, &Error{Text: "--revision goes with a repository", usage: true}
		}
		if err := parseRevision(w.Revision); err != nil {
			return Source{}, err
		}
		if w.Revision != src.Revision {
			src.Revision, src.SHA256, src.Size = w.Revision, "", 0
		}
	}
	digest, err := parseSHA256(w.SHA256)
	if digest != "" {
		src.SHA256, src.Size = digest, 0
	}
	return src, err
}

func parse(w Words, s Settings) (Source, error) {
	switch {
	case strings.Contains(w.What, "://"):
		return parseAddress(w, s)
	case isPath(w.What):
		return Source{Path: w.What, File: w.File}, parseName(w.File)
	}
	if e, ok := Lookup(w.What); ok {
		if w.File != "" {
			return Source{}, &Error{Text: fmt.Sprintf("%s is one file already", e.Name), Cure: fmt.Sprintf("llamad pull %s, or llamad pull %s FILE", e.Name, e.Repo), usage: true}
		}
		return Source{Repo: e.Repo, Revision: e.Revision, File: e.File, SHA256: e.SHA256, Size: e.Size, Licence: e.Licence}, nil
	}
	// Ollama's users write hf.co/OWNER/NAME:QUANT.
	name := w.What
	for _, host := range []string{"hf.co/", "huggingface.co/"} {
		name = strings.TrimPrefix(name, host)
	}
	name, tag, tagged := strings.Cut(name, ":")
	repo, err := parseRepo(name)
	switch {
	case err != nil:
		return Source{}, err
	case tagged && !quant.MatchString(tag):
		return Source{}, &Error{Text: fmt.Sprintf("%q is no quantization", clip(tag)), Cure: "expected one such as Q4_K_M behind the colon", usage: true}
	case tagged && w.File != "":
		return Source{}, &Error{Text: "a quantization behind a colon and a file are too much", Cure: "give one of them", usage: true}
	}
	src := Source{Repo: repo, Revision: DefaultRevision, File: w.File, Quant: tag}
	if w.File != "" {
		err = parseFile(w.File)
	}
	return src, err
}

// isPath says whether the words mean a file or a directory of this machine. What
// looks like a repository is one, unless a model file of that path is there; and a
// short name is one, whatever directory has it too.
func isPath(what string) bool {
	if filepath.IsAbs(what) || strings.HasPrefix(what, ".") || strings.HasSuffix(what, "/") {
		return true
	}
	_, short := Lookup(what)
	info, err := os.Stat(what)
	switch {
	case err != nil:
		return false
	case info.IsDir():
		return !short && !strings.Contains(what, "/")
	}
	return strings.HasSuffix(what, Ending) && info.Mode().IsRegular()
}

// parseName takes the name of a file in a directory; "" is none.
func parseName(s string) error {
	if s == "" {
		return nil
	}
	if strings.Contains(s, "/") {
		return &Error{Text: fmt.Sprintf("%q is no file of a directory", clip(s)), Cure: "name the file alone", usage: true}
	}
	return parseFile(s)
}

func parseAddress(w Words, s Settings) (Source, error) {
	u, err := url.Parse(w.What)
	if err != nil || u.Host == "" {
		return Source{}, &Error{Text: fmt.Sprintf("%q is no address", clip(w.What)), Cure: "expected one such as https://example.org/model.gguf", usage: true}
	}
	if u.User != nil {
		return Source{}, &Error{Text: "the address has a name or a password in it", Cure: "leave it out: it would be seen in the list of processes", usage: true}
	}
	if w.File != "" {
		return Source{}, &Error{Text: "an address is one file already", Cure: "give the address alone", usage: true}
	}
	if src, ok := s.fileOf(u); ok {
		return src, parseFile(src.File)
	}
	if err := s.permit(u); err != nil {
		return Source{}, err
	}
	u.Fragment = ""
	return Source{URL: u}, parseFile(path.Base(u.Path))
}

// fileOf is the file of a repository that an address of the hub leads to: people
// copy them out of the address bar.
func (s Settings) fileOf(u *url.URL) (Source, bool) {
	if !sameOrigin(u, s.Endpoint) {
		return Source{}, false
	}
	rest, ok := strings.CutPrefix(u.Path, strings.TrimSuffix(s.Endpoint.Path, "/")+"/")
	parts := strings.SplitN(rest, "/", 5)
	if !ok || len(parts) != 5 || (parts[2] != "resolve" && parts[2] != "blob") {
		return Source{}, false
	}
	repo, err := parseRepo(parts[0] + "/" + parts[1])
	if err != nil || parseRevision(parts[3]) != nil {
		return Source{}, false
	}
	return Source{Repo: repo, Revision: parts[3], File: parts[4]}, true
}
