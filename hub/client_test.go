package hub

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"llamad/hub/hubtest"
)

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
