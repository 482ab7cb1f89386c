package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"llamad/hub/hubtest"
)

// half is where connections break in these tests: behind two checkpoints, and
// between two.
const half = 2*checkpoint + 12345

// breaks makes the first request for bytes break there.
func (v *visit) breaks(at int) {
	n := 0
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if !r.Bytes {
			return w
		}
		if n++; n == 1 {
			return hubtest.Cut(w, at)
		}
		return w
	})
}

// breaksForGood makes the first request for bytes break there and refuses all others.
func (v *visit) breaksForGood() {
	n := 0
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if !r.Bytes {
			return w
		}
		if n++; n == 1 {
			return hubtest.Cut(w, half)
		}
		w.WriteHeader(http.StatusBadGateway)
		return nil
	})
}

// ranges are what the requests for bytes asked for.
func (v *visit) ranges() (list []string) {
	for _, r := range v.hub.Requests() {
		if r.Bytes {
			list = append(list, r.Header.Get("Range"))
		}
	}
	return list
}

// partial is the file that is not all there, and the note beside it.
func (v *visit) partial(content []byte) string {
	if v.to != "" {
		return filepath.Join(v.to, "."+testFile+".incomplete")
	}
	return filepath.Join(v.cache, "models--someone--Tiny-GGUF", "blobs", hubtest.SHA256(content)+".incomplete")
}

// A connection that breaks is followed by another for the rest, at every kind of
// place.
func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	for _, at := range []int{0, 1, checkpoint - 1, checkpoint, checkpoint + 1, half, len(content) - 1} {
		v := newVisit(t, content)
		v.breaks(at)
		r, err := v.pull()
		if err != nil {
			t.Fatalf("at %d: %v", at, err)
		}
		v.has(r, content)
		rest := ""
		if at > 0 {
			rest = fmt.Sprintf("bytes=%d-", at)
		}
		if got := v.ranges(); len(got) != 2 || got[1] != rest {
			t.Errorf("broken at %d: asked for %q, expected %q", at, got, rest)
		}
	}
}

// Whoever gives up leaves what is certain to the next attempt, and the space for the
// rest to others.
func TestResume(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	for _, to := range []string{"", t.TempDir()} {
		v := newVisit(t, content)
		v.to = to
		ctx, cancel := context.WithCancel(t.Context())
		v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			if r.Bytes {
				return &calls{ResponseWriter: w, at: half, f: cancel}
			}
			return w
		})
		if _, err := v.pullIn(ctx); err == nil || !strings.Contains(err.Error(), "context canceled") {
			t.Fatal(err)
		}
		info, err := os.Stat(v.partial(content))
		if err != nil || info.Size() == 0 || info.Size() > half {
			t.Fatalf("%v, %v", info, err)
		}
		v.hub.Fault(nil)
		r, err := v.pull()
		if err != nil {
			t.Fatal(err)
		}
		v.has(r, content)
		got := v.ranges()
		if want := fmt.Sprintf("bytes=%d-", info.Size()); got[len(got)-1] != want {
			t.Errorf("asked for %q, expected %s", got, want)
		}
		last := v.hub.Requests()[len(v.hub.Requests())-1]
		if last.Header.Get("If-Range") != `"`+hubtest.SHA256(content)[:32]+`"` {
			t.Errorf("If-Range is %q", last.Header.Get("If-Range"))
		}
	}
}

// calls calls f once at bytes have gone by, and waits for the other end to hang up.
type calls struct {
	http.ResponseWriter
	at int
	f  func()
}

func (c *calls) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), max(c.at, 0))])
	if c.at -= n; err == nil && n < len(b) {
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		c.f()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// A process that is killed has no time to write down where it was.
func TestResumeAfterAKill(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	digest := hubtest.SHA256(content)
	whole := func() note { return note{Content: digest, Size: int64(len(content)), Synced: checkpoint} }
	for _, test := range []struct {
		name string
		note func() note
		text string // instead of the note
		have []byte
		want string // range that is asked for
	}{
		{"between two checkpoints", whole, "", content[:half], fmt.Sprintf("bytes=%d-", checkpoint)},
		{"all is there", func() note { n := whole(); n.Synced = n.Size; return n }, "", content, "none"},
		{"no note", nil, "", content[:half], ""},
		{"half a note", nil, `{"content":"` + digest, content[:half], ""},
		{"a note of another file", func() note { n := whole(); n.Content = strings.Repeat("1", 64); return n }, "", content[:half], ""},
		{"a note of another size", func() note { n := whole(); n.Size++; return n }, "", content[:half], ""},
		{"a note of more than is there", func() note { n := whole(); n.Synced = half + 1; return n }, "", content[:half], ""},
		{"a note below nothing", func() note { n := whole(); n.Synced = -1; return n }, "", content[:half], ""},
		{"a note without end", nil, strings.Repeat(" ", maxNote+1), content[:half], ""},
		{"a file that was changed", whole, "", random(half, 7), fmt.Sprintf("bytes=%d-", checkpoint)},
		{"a longer file", func() note { n := whole(); n.Synced = n.Size; return n }, "", append(append([]byte(nil), content...), "more"...), "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisit(t, content)
			path := v.partial(content)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			text := []byte(test.text)
			if test.note != nil {
				text, _ = json.Marshal(test.note())
			}
			if test.note != nil || test.text != "" {
				if err := os.WriteFile(path+".json", text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(path, test.have, 0o644); err != nil {
				t.Fatal(err)
			}
			r, err := v.pull()
			if err != nil {
				t.Fatal(err)
			}
			v.has(r, content)
			got := append(v.ranges(), "none")
			if got[0] != test.want {
				t.Errorf("asked for %q, expected %q", got, test.want)
			}
		})
	}
}

// What servers do with a request for the rest.
func TestAnswersToARange(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	rest := fmt.Sprintf("bytes=%d-", half)
	for _, test := range []struct {
		name string
		then func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter // at the second request for bytes
		want []string
	}{
		{"all of it", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			w.Write(content)
			return nil
		}, []string{"", rest}},
		{"another part", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			return &rewritten{w, []string{"Content-Range", fmt.Sprintf("bytes %d-%d/%d", half+1, len(content)-1, len(content))}}
		}, []string{"", rest, ""}},
		{"a part of something longer", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			return &rewritten{w, []string{"Content-Range", fmt.Sprintf("bytes %d-%d/%d", half, len(content)-1, len(content)+1)}}
		}, []string{"", rest, ""}},
		{"the rest of another file", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			return &rewritten{w, []string{"Etag", `"another"`}}
		}, []string{"", rest, ""}},
		{"nonsense", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			return &rewritten{w, []string{"Content-Range", "bytes -5-x/9"}}
		}, []string{"", rest, ""}},
		{"416", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return nil
		}, []string{"", rest, ""}},
		{"429 with a time", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(http.StatusTooManyRequests)
			return nil
		}, []string{"", rest, rest}},
		{"503 with a date", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			w.Header().Set("Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
			return nil
		}, []string{"", rest, rest}},
		{"500", func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			w.WriteHeader(http.StatusInternalServerError)
			return nil
		}, []string{"", rest, rest}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVisit(t, content)
			n := 0
			v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
				if !r.Bytes {
					return w
				}
				switch n++; n {
				case 1:
					return hubtest.Cut(w, half)
				case 2:
					return test.then(w, r)
				}
				return w
			})
			r, err := v.pull()
			if err != nil {
				t.Fatal(err)
			}
			v.has(r, content)
			if got := v.ranges(); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("asked for %q, expected %q", got, test.want)
			}
			switch {
			case strings.HasPrefix(test.name, "429") && v.waits[1] != 17*time.Second:
				t.Errorf("waited %v, expected the 17 s that were asked for", v.waits)
			case strings.HasPrefix(test.name, "503") && v.waits[1] < 50*time.Second:
				t.Errorf("waited %v, expected about a minute", v.waits)
			}
		})
	}
}

// The file at the other end is replaced between two attempts, and between two
// connections of one.
func TestChangedFile(t *testing.T) {
	t.Parallel()
	before, after := random(3*checkpoint, 1), random(3*checkpoint, 2)
	t.Run("between attempts", func(t *testing.T) {
		v := newVisit(t, before)
		v.breaksForGood()
		if _, err := v.pull(); err == nil {
			t.Fatal("nothing broke")
		}
		v.hub.Fault(nil)
		v.hub.Put(testRepo, testFile, after)
		r, err := v.pull()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(r.Path)
		if err != nil || string(got) != string(after) {
			t.Errorf("%s is not the new file: %v", r.Path, err)
		}
	})
	// An address promises nothing: only its ETag tells.
	t.Run("between connections", func(t *testing.T) {
		v := newVisit(t, before)
		v.to, v.words = t.TempDir(), Words{What: v.hub.BytesURL(testRepo, testFile)}
		n := 0
		v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			if n++; n == 2 { // the first asks how long it is
				return hubtest.Cut(w, half)
			}
			if n == 3 {
				v.hub.Put(testRepo, testFile, after)
			}
			return w
		})
		r, err := v.pull()
		if err != nil {
			t.Fatal(err)
		}
		v.has(r, after)
	})
	// One that does not even have an ETag, but a digest: the pieces do not fit.
	t.Run("without an ETag", func(t *testing.T) {
		v := newVisit(t, after)
		v.to, v.words = t.TempDir(), Words{What: v.hub.BytesURL(testRepo, testFile), SHA256: hubtest.SHA256(after)}
		n := 0
		v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			switch n++; n {
			case 2:
				w.Header().Set("Content-Length", fmt.Sprint(len(before)))
				hubtest.Cut(w, half).Write(before)
			case 3:
				return &rewritten{w, []string{"Etag", ""}}
			}
			return w
		})
		r, err := v.pull()
		if err != nil {
			t.Fatal(err)
		}
		v.has(r, after)
		if got := v.ranges(); len(got) != 4 || got[3] != "" {
			t.Errorf("asked for %q, expected everything once more", got)
		}
	})
}

// A server that never gets on is given up, and what arrived is kept.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	v := newVisit(t, content)
	v.breaksForGood()
	v.fails("gave up at 8.4 MB of 12.6 MB", "it goes on where it was")
	if len(v.waits) != maxTries-1 {
		t.Errorf("waited %v", v.waits)
	}
	for i, w := range v.waits {
		if least := firstWait << i; w < least || w > least*5/4 {
			t.Errorf("wait %d is %v, expected %v and a little", i, w, least)
		}
	}
	v.hub.Fault(nil)
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
}

// A connection on which nothing comes any more is a broken one.
func TestSilence(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	v := newVisit(t, content)
	v.env["HF_HUB_DOWNLOAD_TIMEOUT"] = "1"
	n := 0
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if !r.Bytes {
			return w
		}
		if n++; n == 1 {
			return &calls{ResponseWriter: w, at: half, f: func() { <-r.Context().Done() }}
		}
		return w
	})
	r, err := v.pull()
	if err != nil {
		t.Fatal(err)
	}
	v.has(r, content)
	if len(v.notes) != 1 || !strings.Contains(v.notes[0], "nothing arrives any more") {
		t.Errorf("notes %q", v.notes)
	}
}

// Two that pull the same at once fetch it once.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	content := random(3*checkpoint, 1)
	v := newVisit(t, content)
	other := *v
	started := make(chan struct{})
	var once sync.Once
	done := make(chan error, 1)
	v.hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if r.Bytes {
			once.Do(func() { close(started) })
			return &calls{ResponseWriter: w, at: half, f: func() {}}
		}
		return w
	})
	go func() {
		_, err := other.pull()
		done <- err
	}()
	<-started
	v.hub.Fault(nil)
	r, err := v.pull()
	if e := <-done; err != nil || e != nil {
		t.Fatal(err, e)
	}
	v.has(r, content)
	if got := v.ranges(); len(got) != 2 {
		t.Errorf("asked for %q, expected two halves", got)
	}
}
