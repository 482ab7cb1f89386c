package hub

import (
	"net/http"
	"strings"
	"testing"

	"llamad/hub/hubtest"
)

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
