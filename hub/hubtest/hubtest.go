// Package hubtest is a hub for tests: two servers of this machine, one that knows the
// repositories and one of another name that has the bytes, as Hugging Face does it.
package hubtest

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Hub is one.
type Hub struct {
	URL string // what HF_ENDPOINT is

	front, bytes *httptest.Server

	mu       sync.Mutex
	repos    map[string]*repo
	requests []Request
	fault    func(http.ResponseWriter, Request) http.ResponseWriter
}

// repo is a repository: the files of its branch main.
type repo struct {
	commit string
	files  map[string][]byte
}

// Request is one that arrived.
type Request struct {
	*http.Request
	Bytes bool // at the server of the bytes, and not at the hub itself
}

// Start starts one that ends with the test.
func Start(t testing.TB) *Hub {
	h := &Hub{repos: map[string]*repo{}}
	api, files := http.NewServeMux(), http.NewServeMux()
	api.HandleFunc("/api/models/{owner}/{name}/revision/{revision}", h.list)
	files.HandleFunc("/{owner}/{name}/resolve/{revision}/{file...}", h.resolve)
	h.front = httptest.NewServer(h.watch(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			api.ServeHTTP(w, r)
		} else {
			files.ServeHTTP(w, r)
		}
	}), false))
	h.bytes = httptest.NewServer(h.watch(http.HandlerFunc(h.serve), true))
	h.URL = h.front.URL
	t.Cleanup(func() {
		h.front.Close()
		h.bytes.Close()
	})
	return h
}

// Put makes a file be in a repository, with a commit of its own.
func (h *Hub) Put(name, file string, content []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.repos[name]
	if r == nil {
		r = &repo{files: map[string][]byte{}}
		h.repos[name] = r
	}
	r.files[file] = content
	digest := sha1.Sum(append([]byte(r.commit+name+file), content...))
	r.commit = hex.EncodeToString(digest[:])
}

// Commit is the one that a repository is at.
func (h *Hub) Commit(name string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.repos[name].commit
}

// Requests are all that came so far.
func (h *Hub) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Request(nil), h.requests...)
}

// Fault is asked at each request. It may answer itself and give nil, or give the
// writer that the answer goes to; nil as a Fault ends that.
func (h *Hub) Fault(f func(w http.ResponseWriter, r Request) http.ResponseWriter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = f
}

// SHA256 is the digest of a content.
func SHA256(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:])
}

func (h *Hub) watch(next http.Handler, isBytes bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		request := Request{r, isBytes}
		h.requests = append(h.requests, request)
		fault := h.fault
		h.mu.Unlock()
		if fault != nil {
			if w = fault(w, request); w == nil {
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (h *Hub) find(w http.ResponseWriter, r *http.Request) (*repo, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := h.repos[r.PathValue("owner")+"/"+r.PathValue("name")]
	switch revision := r.PathValue("revision"); {
	case found == nil: // the real one does not say whether there is one that nobody may see
		w.Header().Set("X-Error-Code", "RepoNotFound")
		w.WriteHeader(http.StatusUnauthorized)
	case revision != "main" && revision != found.commit:
		w.Header().Set("X-Error-Code", "RevisionNotFound")
		w.WriteHeader(http.StatusNotFound)
	default:
		return &repo{found.commit, found.files}, true
	}
	return nil, false
}

func (h *Hub) list(w http.ResponseWriter, r *http.Request) {
	found, ok := h.find(w, r)
	if !ok {
		return
	}
	siblings := []map[string]string{{"rfilename": ".gitattributes"}, {"rfilename": "README.md"}}
	for name := range found.files {
		siblings = append(siblings, map[string]string{"rfilename": name})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"sha": found.commit, "siblings": siblings, "cardData": map[string]any{"license": "apache-2.0"}})
}

func (h *Hub) resolve(w http.ResponseWriter, r *http.Request) {
	found, ok := h.find(w, r)
	if !ok {
		return
	}
	w.Header().Set("X-Repo-Commit", found.commit)
	content, ok := found.files[r.PathValue("file")]
	if !ok {
		w.Header().Set("X-Error-Code", "EntryNotFound")
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("X-Linked-Etag", `"`+SHA256(content)+`"`)
	w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
	// localhost is another name than 127.0.0.1, and the address is a signed one.
	to := strings.Replace(h.bytes.URL, "127.0.0.1", "localhost", 1) + "/" + url.PathEscape(r.PathValue("owner")+"/"+r.PathValue("name")) + "/" + r.PathValue("file") + "?signature=secret"
	http.Redirect(w, r, to, http.StatusFound)
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request) {
	name, file, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	name, _ = url.PathUnescape(name)
	h.mu.Lock()
	var content []byte
	if found := h.repos[name]; found != nil {
		content = found.files[file]
	}
	h.mu.Unlock()
	if content == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Etag", `"`+SHA256(content)[:32]+`"`)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// BytesURL is the address of a file at the server that has the bytes.
func (h *Hub) BytesURL(repo, file string) string {
	return h.bytes.URL + "/" + url.PathEscape(repo) + "/" + file
}

// Cut breaks the connection after n bytes of a body.
func Cut(w http.ResponseWriter, n int) http.ResponseWriter { return &cut{w, n} }

type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	if len(b) <= c.left {
		c.left -= len(b)
		return c.ResponseWriter.Write(b)
	}
	_, _ = c.ResponseWriter.Write(b[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
