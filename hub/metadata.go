package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxSize bounds a file, in bytes.
const maxSize = 1 << 40

// metadata is what a server says about a file before any of it is read.
type metadata struct {
	address *url.URL // where to ask for the bytes
	commit  string   // of a hub; 40 digits
	etag    string   // of a hub: the name of the content, a sha256 or git's sha1
	sha256  string   // "" is not known
	size    int64
}

// hubMetadata asks the hub about a file. The hub's own answer is a redirect to where
// the bytes are, with the headers that matter.
func (c *client) hubMetadata(ctx context.Context, src Source) (metadata, error) {
	resp, err := c.send(ctx, http.MethodHead, c.fileURL(src.Repo, src.Revision, src.File), nil, func(r *http.Response) bool {
		return r.Header.Get("X-Linked-Etag") != ""
	})
	if err != nil {
		return metadata{}, c.explain(ctx, src, err)
	}
	resp.Body.Close()
	h := resp.Header
	m := metadata{commit: h.Get("X-Repo-Commit"), etag: plainETag(h.Get("X-Linked-Etag"))}
	length := h.Get("X-Linked-Size")
	if m.etag == "" {
		m.etag, length = plainETag(h.Get("Etag")), h.Get("Content-Length")
	}
	const other = "does HF_ENDPOINT lead to a hub that speaks Hugging Face's protocol?"
	if !commit.MatchString(m.commit) {
		return m, &Error{Text: fmt.Sprintf("%s names no commit: X-Repo-Commit is %q, expected 40 digits", resp.Request.URL.Host, clip(m.commit)), Cure: other}
	}
	// A file that is kept outside of git has its sha256 as the name; what git keeps
	// itself has git's own sha1, which is something else.
	switch {
	case sha.MatchString(m.etag):
		m.sha256 = m.etag
	case !commit.MatchString(m.etag):
		return m, &Error{Text: fmt.Sprintf("%s gives no digest: the ETag is %q, expected 64 digits", resp.Request.URL.Host, clip(m.etag)), Cure: other}
	}
	m.address = c.fileURL(src.Repo, m.commit, src.File)
	m.size, err = parseSize(length)
	return m, err
}

// addressMetadata asks any server about a file, by its first byte: not all of them
// answer to HEAD, and signed addresses are often good for GET alone.
func (c *client) addressMetadata(ctx context.Context, u *url.URL) (metadata, error) {
	resp, err := c.send(ctx, http.MethodGet, u, http.Header{"Range": {"bytes=0-0"}}, nil)
	if err != nil {
		return metadata{}, c.explain(ctx, Source{URL: u}, err)
	}
	resp.Body.Close()
	m := metadata{address: u, etag: strongETag(resp.Header)}
	if resp.StatusCode == http.StatusPartialContent {
		var r contentRange
		if r, err = parseContentRange(resp.Header.Get("Content-Range")); err == nil {
			m.size, err = checkSize(r.total)
		}
		return m, err
	}
	m.size, err = parseSize(resp.Header.Get("Content-Length"))
	return m, err
}

func (c *client) fileURL(repo Repo, revision, file string) *url.URL {
	return c.settings.Endpoint.JoinPath(string(repo), "resolve", url.PathEscape(revision), file)
}

// explain finds the cure for a refusal.
func (c *client) explain(ctx context.Context, src Source, err error) error {
	var status *StatusError
	if !errors.As(err, &status) || isPassing(err) {
		return err
	}
	if src.Repo == "" {
		if status.Code == http.StatusNotFound {
			return &Error{Text: clip(src.URL.Redacted()), Err: err, Cure: "look the address up again: there is nothing at this one"}
		}
		return err
	}
	gated := status.Kind == "GatedRepo" || status.Code == http.StatusForbidden
	page := c.settings.Endpoint.JoinPath(string(src.Repo)).String()
	switch {
	case gated && c.settings.Token == "":
		return &Error{Text: fmt.Sprintf("%s asks who you are", src.Repo), Err: err, Cure: "accept its terms at " + page + " and put a token into HF_TOKEN"}
	case gated:
		return &Error{Text: fmt.Sprintf("%s does not let you in", src.Repo), Err: err, Cure: "accept its terms at " + page + " as the user of your HF_TOKEN, which must allow to read it"}
	case status.Code == http.StatusUnauthorized && c.settings.Token != "":
		return &Error{Text: fmt.Sprintf("there is no repository %s for the user of your HF_TOKEN", src.Repo), Err: err, Cure: "look at the name and at the token: the hub answers alike to a wrong token and to what may not be seen"}
	case status.Code == http.StatusUnauthorized, status.Kind == "RepoNotFound":
		return &Error{Text: fmt.Sprintf("there is no repository %s that everybody may see", src.Repo), Err: err, Cure: "look at the name; a private one needs a token in HF_TOKEN"}
	case status.Kind == "RevisionNotFound":
		return &Error{Text: fmt.Sprintf("%s has no revision %s", src.Repo, src.Revision), Err: err, Cure: "without --revision it is the branch " + DefaultRevision}
	case status.Code == http.StatusNotFound && src.File != "":
		// What there is helps more than that it is not there.
		if l, listed := c.list(ctx, src); listed == nil {
			return l.missing(src, fmt.Sprintf("%s has no file %s", src.Repo, src.File))
		}
	}
	return err
}

// plainETag is an ETag without its quotes and without the mark of a weak one.
func plainETag(s string) string {
	return strings.Trim(strings.TrimPrefix(s, "W/"), `"`)
}

// strongETag is the ETag as it came, where equal ones mean equal bytes; else "".
func strongETag(h http.Header) string {
	e := h.Get("Etag")
	if len(e) < 3 || len(e) > 256 || e[0] != '"' || e[len(e)-1] != '"' {
		return ""
	}
	return e
}

func parseSize(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if text == "" || err != nil {
		return 0, &Error{Text: fmt.Sprintf("the server does not say how long the file is: the length is %q", clip(text))}
	}
	return checkSize(n)
}

func checkSize(n int64) (int64, error) {
	if n < 1 || n > maxSize {
		return 0, &Error{Text: fmt.Sprintf("the file has %d bytes, expected 1 to %d", n, int64(maxSize))}
	}
	return n, nil
}

// contentRange is what a 206 carries.
type contentRange struct{ start, end, total int64 } // end is the last byte

func parseContentRange(text string) (r contentRange, err error) {
	var rest string
	n, _ := fmt.Sscanf(text, "bytes %d-%d/%d%s", &r.start, &r.end, &r.total, &rest)
	if n != 3 || r.start < 0 || r.end < r.start || r.total <= r.end {
		return r, fmt.Errorf("Content-Range is %q, expected bytes START-END/TOTAL", clip(text))
	}
	return r, nil
}
