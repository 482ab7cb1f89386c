package hub

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// HuggingFace is the hub that is meant where HF_ENDPOINT names no other.
const HuggingFace = "https://huggingface.co"

// Settings are what Hugging Face's own programs read from the environment, under
// the same names, so that their users have nothing to set twice.
type Settings struct {
	Endpoint *url.URL      // HF_ENDPOINT
	Cache    string        // HF_HUB_CACHE, or hub below HF_HOME
	Token    string        // HF_TOKEN, or the content of HF_TOKEN_PATH
	Offline  bool          // HF_HUB_OFFLINE
	Quiet    bool          // HF_HUB_DISABLE_PROGRESS_BARS
	Links    bool          // not HF_HUB_DISABLE_SYMLINKS
	Idle     time.Duration // HF_HUB_DOWNLOAD_TIMEOUT: a connection this long silent is lost
	Answer   time.Duration // HF_HUB_ETAG_TIMEOUT: how long an answer may take to begin
}

// Environment reads the settings. env is the value of a variable, or "".
func Environment(env func(name string) string) (Settings, error) {
	expand := func(path string) string {
		if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
			path = env("HOME") + rest
		}
		return os.Expand(path, env)
	}
	first := func(values ...string) string {
		for _, v := range values {
			if v != "" {
				return v
			}
		}
		return ""
	}
	home := expand(first(env("HF_HOME"), filepath.Join(first(env("XDG_CACHE_HOME"), filepath.Join(env("HOME"), ".cache")), "huggingface")))
	s := Settings{
		Cache:   expand(first(env("HF_HUB_CACHE"), env("HUGGINGFACE_HUB_CACHE"), filepath.Join(home, "hub"))),
		Offline: isTrue(env("HF_HUB_OFFLINE")),
		Quiet:   isTrue(env("HF_HUB_DISABLE_PROGRESS_BARS")),
		Links:   !isTrue(env("HF_HUB_DISABLE_SYMLINKS")),
	}
	endpoint, err := url.Parse(strings.TrimRight(first(env("HF_ENDPOINT"), HuggingFace), "/"))
	if err != nil || endpoint.Host == "" || endpoint.User != nil || (endpoint.Scheme != "https" && endpoint.Scheme != "http") {
		return s, &Error{Text: "HF_ENDPOINT is no address of a hub", Cure: "expected one such as " + HuggingFace, usage: true}
	}
	s.Endpoint = endpoint
	if s.Idle, err = seconds("HF_HUB_DOWNLOAD_TIMEOUT", env("HF_HUB_DOWNLOAD_TIMEOUT")); err != nil {
		return s, err
	}
	if s.Answer, err = seconds("HF_HUB_ETAG_TIMEOUT", env("HF_HUB_ETAG_TIMEOUT")); err != nil {
		return s, err
	}
	s.Token, err = token(first(env("HF_TOKEN"), env("HUGGING_FACE_HUB_TOKEN")), expand(first(env("HF_TOKEN_PATH"), filepath.Join(home, "token"))), isTrue(env("HF_HUB_DISABLE_IMPLICIT_TOKEN")))
	return s, err
}

// seconds reads a variable that holds some.
func seconds(name, text string) (time.Duration, error) {
	if text == "" {
		text = "10"
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 3600 {
		return 0, &Error{Text: fmt.Sprintf("%s is %q", name, clip(text)), Cure: "expected seconds from 1 to 3600", usage: true}
	}
	return time.Duration(n) * time.Second, nil
}

// isTrue knows the words that Hugging Face's programs do.
func isTrue(value string) bool {
	switch strings.ToUpper(value) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

// token is the given one, or the first line of a file. A file that is not there, or
// not ours to read, is none.
func token(given, file string, onlyGiven bool) (string, error) {
	where := "HF_TOKEN"
	if given == "" && !onlyGiven {
		where = file
		text, err := readSmall(file, 4<<10)
		if err != nil {
			return "", nil
		}
		given = string(text)
	}
	given = strings.TrimSpace(given)
	if strings.ContainsFunc(given, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", &Error{Text: where + " holds something that is no token", Cure: "expected one word that begins with hf_", usage: true}
	}
	return given, nil
}

// permit says whether bytes may come from u: in the clear only from this machine, or
// from a hub that HF_ENDPOINT names.
func (s Settings) permit(u *url.URL) error {
	if u.Scheme == "https" || u.Scheme == "http" && (isLoopback(u) || sameOrigin(u, s.Endpoint)) {
		return nil
	}
	return &Error{Text: fmt.Sprintf("%s://%s is not encrypted", clip(u.Scheme), clip(u.Host)), Cure: "expected an address that begins with https://", usage: true}
}

// mayCarry says whether the token may go to u: to the hub itself, and never in the
// clear to another machine.
func (s Settings) mayCarry(u *url.URL) bool {
	return s.Token != "" && sameOrigin(u, s.Endpoint) && (u.Scheme == "https" || isLoopback(u))
}

func isLoopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// sameOrigin compares scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
