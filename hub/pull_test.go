package hub

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/hub/hubtest"
)

const (
	testRepo = "someone/Tiny-GGUF"
	testFile = "tiny.Q4_0.gguf"
)

// random is content of n bytes.
func random(n int, seed uint64) []byte {
	content := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(content)
	return content
}

// visit is somebody who pulls, with a cache of their own and no time to wait.
type visit struct {
	t     *testing.T
	hub   *hubtest.Hub
	cache string
	env   map[string]string
	notes []string
	waits []time.Duration
	check func(string) error
	to    string // a directory; "" is the cache
	words Words
}

func newVisit(t *testing.T, content []byte) *visit {
	v := &visit{t: t, hub: hubtest.Start(t), cache: filepath.Join(t.TempDir(), "hub"), words: Words{What: testRepo, File: testFile}}
	v.env = map[string]string{"HF_ENDPOINT": v.hub.URL, "HF_HUB_CACHE": v.cache, "HF_TOKEN": "hf_secret", "HF_HUB_DOWNLOAD_TIMEOUT": "30", "HF_HUB_ETAG_TIMEOUT": "30"}
	v.hub.Put(testRepo, testFile, content)
	return v
}

func (v *visit) pull() (Result, error) { return v.pullIn(v.t.Context()) }

func (v *visit) pullIn(ctx context.Context) (Result, error) {
	v.t.Helper()
	settings, err := Environment(func(name string) string { return v.env[name] })
	if err != nil {
		return Result{}, err
	}
	src, err := Parse(v.words, settings)
	if err != nil {
		return Result{}, err
	}
	return Pull(ctx, src, Options{
		Settings: settings, Directory: v.to, Check: v.check,
		Note: func(text string) { v.notes = append(v.notes, text) },
		wait: func(ctx context.Context, d time.Duration) error {
			v.waits = append(v.waits, d)
			return ctx.Err()
		},
	})
}

// has says that the model is there, whole, and nothing half-done beside it.
func (v *visit) has(r Result, content []byte) {
	v.t.Helper()
	got, err := os.ReadFile(r.Path)
	if err != nil || !bytes.Equal(got, content) {
		v.t.Fatalf("%s: %d bytes, %v; expected the %d of the hub", r.Path, len(got), err, len(content))
	}
	for _, name := range v.files() {
		if strings.Contains(name, ".incomplete") || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".new") {
			v.t.Errorf("%s was left behind", name)
		}
	}
}

// files are all in the cache or the directory, but for directories.
func (v *visit) files() (names []string) {
	root := v.root()
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(root, path)
			names = append(names, name)
		}
		return nil
	})
	return names
}

// root is the cache or the directory.
func (v *visit) root() string {
	if v.to != "" {
		return v.to
	}
	return v.cache
}

// fails says that a pull comes to nothing for a reason, that there is a cure, and
// that nothing is where a model would be looked for.
func (v *visit) fails(want, cure string) {
	v.t.Helper()
	r, err := v.pull()
	if err == nil || !strings.Contains(err.Error(), want) {
		v.t.Fatalf("%+v, %v; expected an error with %q", r, err, want)
	}
	if hint := hintOf(err); cure == "" || !strings.Contains(hint, cure) {
		v.t.Errorf("%v: the cure is %q, expected one with %q", err, hint, cure)
	}
	if strings.Contains(err.Error()+hintOf(err), "secret") {
		v.t.Errorf("the error tells a secret: %v", err)
	}
	for _, name := range v.files() {
		if info, err := os.Stat(filepath.Join(v.root(), name)); err == nil && info.Size() == 0 {
			v.t.Errorf("%s was left behind, with nothing in it", name)
		}
		if strings.HasSuffix(name, Ending) || strings.Contains(name, "snapshots") || strings.Contains(name, "refs") ||
			strings.Contains(name, "blobs") && !strings.Contains(name, ".incomplete") {
			v.t.Errorf("%s was left behind", name)
		}
	}
}

func TestPullIntoTheCache(t *testing.T) {
	content := random(300_000, 1)
	v := newVisit(t, content)
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
	at, digest := v.hub.Commit(testRepo), hubtest.SHA256(content)
	home := filepath.Join(v.cache, "models--someone--Tiny-GGUF")
	if want := filepath.Join(home, "snapshots", at, testFile); r.Path != want || r.Already || r.SHA256 != digest {
		t.Errorf("%+v, expected the path %s", r, want)
	}
	if link, err := os.Readlink(r.Path); err != nil || link != "../../blobs/"+digest {
		t.Errorf("the link leads to %q, %v", link, err)
	}
	if ref, err := os.ReadFile(filepath.Join(home, "refs", "main")); string(ref) != at {
		t.Errorf("refs/main is %q, %v", ref, err)
	}
	if tag, err := os.ReadFile(filepath.Join(v.cache, "CACHEDIR.TAG")); !strings.HasPrefix(string(tag), "Signature: 8a477f597d28d172789f06886806bc55") {
		t.Errorf("CACHEDIR.TAG is %q, %v", tag, err)
	}
	if r, err = v.pull(); err != nil || !r.Already {
		t.Errorf("once more: %+v, %v", r, err)
	}
	if n := v.gets(); n != 1 {
		t.Errorf("the bytes were asked for %d times", n)
	}
	if m := (Cache{Root: v.cache}).Models(); len(m) != 1 || m[0].Path != r.Path || m[0].Repo != testRepo || m[0].Name() != "tiny.Q4_0" {
		t.Errorf("the cache lists %+v", m)
	}
	v.env["HF_HUB_OFFLINE"] = "1"
	if r, err = v.pull(); err != nil || !r.Already {
		t.Errorf("offline: %+v, %v", r, err)
	}
}

// Bytes that two commits share go with the last of them, and nothing else does.
func TestRemove(t *testing.T) {
	content := random(1000, 1)
	v := newVisit(t, content)
	if _, err := v.pull(); err != nil {
		t.Fatal(err)
	}
	v.hub.Put(testRepo, "sub/other.gguf", random(1000, 2)) // a new commit, with the same file in it
	for _, file := range []string{testFile, "sub/other.gguf"} {
		v.words.File = file
		if _, err := v.pull(); err != nil {
			t.Fatal(err)
		}
	}
	cache := Cache{Root: v.cache}
	models := cache.Models()
	if len(models) != 3 || models[0].File != "sub/other.gguf" || models[1].SHA256 != hubtest.SHA256(content) || models[1].SHA256 != models[2].SHA256 {
		t.Fatalf("%+v", models)
	}
	if err := models[1].Remove(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(models[2].Path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the bytes of the other commit are gone: %v", err)
	}
	if err := models[2].Remove(); err != nil {
		t.Fatal(err)
	}
	if blobs, err := filepath.Glob(filepath.Join(models[0].home(), "blobs", "*")); err != nil || len(blobs) != 1 || len(cache.Models()) != 1 {
		t.Errorf("left are %v, %+v, %v", blobs, cache.Models(), err)
	}
	// A link that leads elsewhere is no reason to remove what is there.
	precious := filepath.Join(t.TempDir(), "precious.gguf")
	if err := os.WriteFile(precious, content, 0o600); err != nil {
		t.Fatal(err)
	}
	m := models[0]
	if err := os.Remove(m.Path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, m.Path); err != nil {
		t.Fatal(err)
	}
	if err := m.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

// A file system without links, or a user who wants none.
func TestCacheWithoutLinks(t *testing.T) {
	content := random(1000, 1)
	v := newVisit(t, content)
	v.env["HF_HUB_DISABLE_SYMLINKS"] = "1"
	for i := range 2 {
		r, err := v.pull()
		if err != nil || r.Already != (i == 1) {
			t.Fatalf("%+v, %v", r, err)
		}
		v.has(r, content)
		if info, err := os.Lstat(r.Path); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%v, %v", info, err)
		}
	}
	models := (Cache{Root: v.cache}).Models()
	if len(models) != 1 {
		t.Fatalf("%+v", models)
	}
	if err := models[0].Remove(); err != nil || len((Cache{Root: v.cache}).Models()) != 0 {
		t.Error(err)
	}
}

// gets counts the requests for bytes.
func (v *visit) gets() (n int) {
	for _, r := range v.hub.Requests() {
		if r.Bytes {
			n++
		}
	}
	return n
}

func TestPullIntoADirectory(t *testing.T) {
	content := random(300_000, 1)
	v := newVisit(t, content)
	v.to = filepath.Join(t.TempDir(), "models")
	defer syscall.Umask(syscall.Umask(0o077)) // that of a careful root
	for i := range 2 {
		r, err := v.pull()
		if err != nil || r.Path != filepath.Join(v.to, testFile) || r.Already != (i == 1) {
			t.Fatalf("%+v, %v", r, err)
		}
		v.has(r, content)
		if info, err := os.Stat(r.Path); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v: the service could not read it", info.Mode(), err)
		}
		if info, err := os.Stat(v.to); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%v, %v: the service could not look into it", info.Mode(), err)
		}
	}
	// One of the same length that is damaged is fetched again.
	if err := os.WriteFile(filepath.Join(v.to, testFile), random(len(content), 9), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := v.pull()
	if err != nil || r.Already {
		t.Errorf("%+v, %v", r, err)
	}
	v.has(r, content)
}

// The token goes to the hub and not to where the hub sends us.
func TestTokenStaysWithTheHub(t *testing.T) {
	v := newVisit(t, random(1000, 1))
	if _, err := v.pull(); err != nil {
		t.Fatal(err)
	}
	hub, other := 0, 0
	for _, r := range v.hub.Requests() {
		switch got := r.Header.Get("Authorization"); {
		case r.Bytes && got != "":
			t.Errorf("%s %s got %q", r.Method, r.Host, got)
		case r.Bytes:
			other++
		case got != "Bearer hf_secret":
			t.Errorf("%s %s got %q, expected the token", r.Method, r.URL, got)
		default:
			hub++
		}
	}
	if hub < 2 || other < 1 {
		t.Errorf("%d requests to the hub and %d elsewhere: this proves nothing", hub, other)
	}
	// And it does not come back once it was away.
	var back string
	v = newVisit(t, random(1000, 1))
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if r.Bytes {
			http.Redirect(w, r.Request, v.hub.URL+"/back", http.StatusFound)
			return nil
		}
		if r.URL.Path == "/back" {
			back = "asked " + r.Header.Get("Authorization")
		}
		return w
	})
	if _, err := v.pull(); err == nil || back != "asked " {
		t.Errorf("%v: %q", err, back)
	}
}

// Whoever begins with encryption ends with it.
func TestRedirectKeepsEncryption(t *testing.T) {
	open := httptest.NewServer(http.NotFoundHandler())
	defer open.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(open.URL, http.StatusFound))
	defer secure.Close()
	at, err := url.Parse(secure.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{settings: Settings{Endpoint: at}, http: secure.Client()}
	c.http.CheckRedirect = newHTTP(c.settings).CheckRedirect
	if _, err := c.send(t.Context(), http.MethodGet, at, nil, nil); err == nil || !strings.Contains(err.Error(), "without encryption") {
		t.Error(err)
	}
}

func TestPullByQuantization(t *testing.T) {
	v := newVisit(t, random(1000, 1))
	for i, name := range []string{"tiny.Q4_K_M.gguf", "tiny.Q4_K_S.gguf", "tiny-q8_0.gguf", "tiny_Q5_1.gguf", "big.F16-00001-of-00002.gguf", "mmproj.bin"} {
		v.hub.Put(testRepo, name, random(1000, uint64(i)+2))
	}
	for tag, want := range map[string]string{
		"Q4_0": testFile, "q4_k_m": "tiny.Q4_K_M.gguf", "Q8_0": "tiny-q8_0.gguf", "Q5_1": "tiny_Q5_1.gguf",
		"Q4_K": "", "Q5_0": "", "F16": "",
	} {
		v.words = Words{What: testRepo + ":" + tag}
		r, err := v.pull()
		switch {
		case want != "" && (err != nil || filepath.Base(r.Path) != want || r.Licence != "apache-2.0"):
			t.Errorf("%s: %+v, %v; expected %s", tag, r, err, want)
		case want == "" && (err == nil || !strings.Contains(hintOf(err), "tiny.Q4_K_M.gguf")):
			t.Errorf("%s: %+v, %v; expected a list of what there is: %s", tag, r, err, hintOf(err))
		}
	}
	v.words = Words{What: testRepo}
	if _, err := v.pull(); err == nil || !strings.Contains(err.Error(), "5 such files") {
		t.Errorf("no file and no quantization: %v", err)
	}
	v.env["HF_HUB_OFFLINE"] = "yes"
	v.words = Words{What: testRepo + ":q4_k_m"}
	if r, err := v.pull(); err != nil || filepath.Base(r.Path) != "tiny.Q4_K_M.gguf" {
		t.Errorf("offline: %+v, %v", r, err)
	}
}

// What fails says why, and what cures it, and leaves nothing that looks like a model.
func TestFailures(t *testing.T) {
	content := random(200_000, 1)
	answer := func(code int, header ...string) func(*visit) {
		return func(v *visit) {
			v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
				for i := 0; i < len(header); i += 2 {
					w.Header().Set(header[i], header[i+1])
				}
				w.WriteHeader(code)
				return nil
			})
		}
	}
	// head changes what the hub says about the file.
	head := func(pairs ...string) func(*visit) {
		return func(v *visit) {
			v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
				if r.Bytes {
					return w
				}
				return &rewritten{w, pairs}
			})
		}
	}
	for _, test := range []struct {
		name       string
		arrange    func(*visit)
		want, cure string
	}{
		{"unknown repository", func(v *visit) { v.words.What = "someone/Nothing-GGUF" }, "no repository someone/Nothing-GGUF for the user of your HF_TOKEN", "look at the name"},
		{"unknown repository, no token", func(v *visit) { v.words.What = "someone/Nothing-GGUF"; delete(v.env, "HF_TOKEN") }, "no repository someone/Nothing-GGUF", "HF_TOKEN"},
		{"unknown file", func(v *visit) { v.words.File = "tiny.Q9_9.gguf" }, "no file tiny.Q9_9.gguf", testFile},
		{"unknown revision", func(v *visit) { v.words.Revision = "v9" }, "no revision v9", "branch main"},
		{"unknown short name", func(v *visit) { v.words = Words{What: "tinylama"} }, `no short name "tinylama"`, "tinyllama"},
		{"offline", func(v *visit) { v.env["HF_HUB_OFFLINE"] = "1" }, "HF_HUB_OFFLINE is set", "unset HF_HUB_OFFLINE"},
		{"nobody there", func(v *visit) { v.env["HF_ENDPOINT"] = "http://127.0.0.1:1" }, "connection refused", "online"},
		{"wrong sha256 asked for", func(v *visit) { v.words.SHA256 = strings.Repeat("ab", 32) }, "expected abab", "another file"},
		{"gated", answer(403, "X-Error-Code", "GatedRepo"), "does not let you in", "accept its terms"},
		{"server error", answer(500), "500 Internal Server Error", "try again later"},
		{"too many", answer(429, "Retry-After", "7"), "429 Too Many Requests", "wait some minutes"},
		{"no commit", head("X-Repo-Commit", "main"), "names no commit", "HF_ENDPOINT"},
		{"commit that climbs", head("X-Repo-Commit", "../../../../../../../../../etc/passwd1234"), "names no commit", "HF_ENDPOINT"},
		{"digest that climbs", head("X-Linked-Etag", `"../../../evil"`), "gives no digest", "HF_ENDPOINT"},
		{"digest too short", head("X-Linked-Etag", `"abc123"`), "gives no digest", "HF_ENDPOINT"},
		{"wrong digest", head("X-Linked-Etag", `"`+strings.Repeat("0", 64)+`"`), "what arrived has the sha256", "pull again"},
		{"smaller size", head("X-Linked-Size", "1000"), "the file has 200000 bytes now", "pull again"},
		{"larger size", head("X-Linked-Size", "300000"), "the file has 200000 bytes now", "pull again"},
		{"model that is refused", func(v *visit) {
			v.check = func(string) error { return &Error{Text: "no GGUF", Cure: "take another"} }
		}, "no GGUF", "take another"},
		{"redirect into the clear", func(v *visit) {
			v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
				http.Redirect(w, r.Request, "http://example.org/tiny.gguf", http.StatusFound)
				return nil
			})
		}, "http://example.org is not encrypted", "https://"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisit(t, content)
			test.arrange(v)
			v.fails(test.want, test.cure)
		})
	}
}

// rewritten is an answer some of whose headers are lies.
type rewritten struct {
	http.ResponseWriter
	pairs []string
}

func (r *rewritten) WriteHeader(code int) {
	for i := 0; i < len(r.pairs); i += 2 {
		r.Header().Set(r.pairs[i], r.pairs[i+1])
	}
	r.ResponseWriter.WriteHeader(code)
}

// Bodies and heads that are made to hurt.
func TestHostileAnswers(t *testing.T) {
	content := random(200_000, 1)
	forBytes := func(f func(w http.ResponseWriter)) func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		return func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			if !r.Bytes {
				return w
			}
			f(w)
			return nil
		}
	}
	for _, test := range []struct {
		name  string
		fault func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter
		want  string
	}{
		{"compressed", forBytes(func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(make([]byte, 1000))
		}), "sends the file compressed (gzip)"},
		{"endless", forBytes(func(w http.ResponseWriter) {
			for {
				if _, err := w.Write(content); err != nil {
					return
				}
			}
		}), "more than the 200000 bytes"},
		{"a head without end", func(w http.ResponseWriter, _ hubtest.Request) http.ResponseWriter {
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
			w.WriteHeader(200)
			return nil
		}, "exceeded"},
		{"redirects without end", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			http.Redirect(w, r.Request, r.URL.Path, http.StatusFound)
			return nil
		}, "redirects more than 5 times"},
		{"a part from elsewhere", forBytes(func(w http.ResponseWriter) {
			w.Header().Set("Content-Range", "bytes 100-199/200000")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(make([]byte, 100))
		}), "not asked for"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisit(t, content)
			v.hub.Fault(test.fault)
			if r, err := v.pull(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, %v; expected an error with %q", r, err, test.want)
			}
		})
	}
	t.Run("a list without end", func(t *testing.T) {
		v := newVisit(t, content)
		v.words = Words{What: testRepo + ":Q4_0"}
		v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			w.Write([]byte(`{"siblings":[`))
			for {
				if _, err := w.Write([]byte(strings.Repeat(`{"rfilename":"a.gguf"},`, 1000))); err != nil {
					return nil
				}
			}
		})
		if _, err := v.pull(); err == nil || !strings.Contains(err.Error(), "more than the 8388608 bytes") {
			t.Error(err)
		}
	})
	t.Run("a list with paths", func(t *testing.T) {
		v := newVisit(t, content)
		v.words = Words{What: testRepo}
		for _, name := range []string{"../../evil.gguf", "/etc/evil.gguf", "a/../evil.gguf", ".hidden.gguf", "a\x00b.gguf", `..\evil.gguf`} {
			v.hub.Put(testRepo, name, content)
		}
		r, err := v.pull()
		if err != nil || filepath.Base(r.Path) != testFile {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestPullFromAnAddress(t *testing.T) {
	content := random(300_000, 1)
	v := newVisit(t, content)
	v.to = t.TempDir()
	v.words = Words{What: v.hub.BytesURL(testRepo, testFile) + "?signature=secret"}
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
	for _, r := range v.hub.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s got the token", r.URL)
		}
	}
	// One in the hub is a file of a repository.
	v.to = ""
	v.words = Words{What: v.hub.URL + "/" + testRepo + "/blob/main/" + testFile}
	if r, err = v.pull(); err != nil || !strings.HasPrefix(r.Path, v.cache) {
		t.Errorf("%+v, %v", r, err)
	}
	v.to = t.TempDir()
	v.words = Words{What: v.hub.BytesURL(testRepo, "none.gguf")}
	v.fails("404 Not Found", "look the address up again")
	v.words = Words{What: v.hub.BytesURL(testRepo, testFile), SHA256: strings.Repeat("1", 64)}
	v.fails("expected 1111", "nothing of it was kept")
}

func TestPullFromADisk(t *testing.T) {
	content := random(300_000, 1)
	stick, models := t.TempDir(), t.TempDir()
	path := filepath.Join(stick, testFile)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	v := newVisit(t, content)
	v.to = models
	for _, words := range []Words{{What: path}, {What: stick}, {What: stick, File: testFile}, {What: path, SHA256: hubtest.SHA256(content)}} {
		v.words = words
		r, err := v.pull()
		if err != nil || r.Path != filepath.Join(models, testFile) {
			t.Fatalf("%+v: %+v, %v", words, r, err)
		}
		v.has(r, content)
	}
	if info, err := os.Stat(filepath.Join(models, testFile)); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	v.words = Words{What: filepath.Join(models, testFile)}
	if r, err := v.pull(); err != nil || !r.Already {
		t.Errorf("onto itself: %+v, %v", r, err)
	}
	v.to = t.TempDir()
	for _, test := range []struct {
		words      Words
		want, cure string
	}{
		{Words{What: filepath.Join(stick, "none.gguf")}, "no such file", "ends in .gguf"},
		{Words{What: t.TempDir()}, "has no file", "copy one there"},
		{Words{What: stick, File: "other.gguf"}, "has no other.gguf", "the only one"},
		{Words{What: path, SHA256: strings.Repeat("2", 64)}, "expected 2222", "damaged"},
	} {
		v.words = test.words
		v.fails(test.want, test.cure)
	}
}

func TestNoSpace(t *testing.T) {
	v := newVisit(t, random(1000, 1))
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		return &rewritten{w, []string{"X-Linked-Size", "1099511627776"}}
	})
	v.fails("1099511.6 MB are missing", "smaller quantization")
	if files := v.files(); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}
