package hub

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	s, err := Environment(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 600)
	t.Chdir(t.TempDir())
	for _, dir := range []string{"stick", "tinyllama", "a/b-GGUF"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		words Words
		want  Source // "" where the words make no sense
	}{
		{Words{What: "a/b-GGUF", File: "x.gguf"}, Source{Repo: "a/b-GGUF", Revision: "main", File: "x.gguf"}},
		{Words{What: "a/b-GGUF", File: "sub/x.gguf", Revision: "refs/pr/1"}, Source{Repo: "a/b-GGUF", Revision: "refs/pr/1", File: "sub/x.gguf"}},
		{Words{What: "hf.co/a/b-GGUF:Q4_K_M"}, Source{Repo: "a/b-GGUF", Revision: "main", Quant: "Q4_K_M"}},
		{Words{What: "https://huggingface.co/a/b-GGUF/resolve/main/sub/x.gguf?download=true"}, Source{Repo: "a/b-GGUF", Revision: "main", File: "sub/x.gguf"}},
		{Words{What: "https://huggingface.co:443/a/b-GGUF/blob/v1/x.gguf"}, Source{Repo: "a/b-GGUF", Revision: "v1", File: "x.gguf"}},
		{Words{What: "TinyLlama"}, Source{Repo: Catalog[6].Repo, Revision: Catalog[6].Revision, File: Catalog[6].File, SHA256: Catalog[6].SHA256, Size: Catalog[6].Size, Licence: "Apache-2.0"}},
		{Words{What: "tinyllama", Revision: "main"}, Source{Repo: Catalog[6].Repo, Revision: "main", File: Catalog[6].File, Licence: "Apache-2.0"}},
		{Words{What: "./x.gguf"}, Source{Path: "./x.gguf"}},
		{Words{What: "/media/usb", File: "x.gguf"}, Source{Path: "/media/usb", File: "x.gguf"}},
		{Words{What: "stick"}, Source{Path: "stick"}},
		{Words{What: "a/b-GGUF/", File: "x.gguf"}, Source{Path: "a/b-GGUF/", File: "x.gguf"}},

		{Words{What: "a/b/c"}, Source{}},
		{Words{What: "a/.."}, Source{}},
		{Words{What: "a/b..c"}, Source{}},
		{Words{What: "a--b/c"}, Source{}},
		{Words{What: "a/" + long}, Source{}},
		{Words{What: "a/b\x00"}, Source{}},
		{Words{What: "a/b%2f..", File: "x.gguf"}, Source{}},
		{Words{What: "a/b", File: "/etc/x.gguf"}, Source{}},
		{Words{What: "a/b", File: "../x.gguf"}, Source{}},
		{Words{What: "a/b", File: "sub/../x.gguf"}, Source{}},
		{Words{What: "a/b", File: `sub\x.gguf`}, Source{}},
		{Words{What: "a/b", File: "x y.gguf"}, Source{}},
		{Words{What: "a/b", File: ".gguf"}, Source{}},
		{Words{What: "a/b", File: "-00001-of-00002.gguf"}, Source{}},
		{Words{What: "a/b", File: long + ".gguf"}, Source{}},
		{Words{What: "a/b", File: "x.gguf", Revision: "../../x"}, Source{}},
		{Words{What: "a/b:Q4/x"}, Source{}},
		{Words{What: "/media/usb", File: "../x.gguf"}, Source{}},
		{Words{What: "./x.gguf", Revision: "main"}, Source{}},
		{Words{What: "https://example.org/..gguf/.gguf"}, Source{}},
		{Words{What: "https://example.org"}, Source{}},
		{Words{What: "http://example.org/x.gguf"}, Source{}},
		{Words{What: "ftp://example.org/x.gguf"}, Source{}},
		{Words{What: "file:///etc/x.gguf"}, Source{}},
		{Words{What: ""}, Source{}},
	} {
		got, err := Parse(test.words, s)
		if test.want == (Source{}) {
			if err == nil || !IsUsage(err) || len(err.Error()) > 300 {
				t.Errorf("%+v: %+v, %v; expected an error about the words", test.words, got, err)
			}
			continue
		}
		if err != nil || got != test.want {
			t.Errorf("%+v: %+v, %v; expected %+v", test.words, got, err, test.want)
		}
	}
}

func TestEnvironment(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".cache/huggingface"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".cache/huggingface/token"), []byte("hf_file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := Settings{Endpoint: &url.URL{Scheme: "https", Host: "huggingface.co"}, Cache: home + "/.cache/huggingface/hub", Token: "hf_file", Links: true, Idle: 10 * time.Second, Answer: 10 * time.Second}
	for _, test := range []struct {
		env    map[string]string
		change func(*Settings) // nil where it is refused
	}{
		{nil, func(*Settings) {}},
		{map[string]string{"XDG_CACHE_HOME": "/c"}, func(s *Settings) { s.Cache, s.Token = "/c/huggingface/hub", "" }},
		{map[string]string{"HF_HOME": "~/hf"}, func(s *Settings) { s.Cache, s.Token = home+"/hf/hub", "" }},
		{map[string]string{"HF_HOME": "/hf", "HF_HUB_CACHE": "$HOME/models"}, func(s *Settings) { s.Cache, s.Token = home+"/models", "" }},
		{map[string]string{"HUGGINGFACE_HUB_CACHE": "/old"}, func(s *Settings) { s.Cache = "/old" }},
		{map[string]string{"HF_TOKEN": " hf_given\n"}, func(s *Settings) { s.Token = "hf_given" }},
		{map[string]string{"HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, func(s *Settings) { s.Token = "" }},
		{map[string]string{"HF_TOKEN_PATH": home}, func(s *Settings) { s.Token = "" }},
		{map[string]string{"HF_HUB_OFFLINE": "on", "HF_HUB_DISABLE_PROGRESS_BARS": "True", "HF_HUB_DISABLE_SYMLINKS": "YES"}, func(s *Settings) { s.Offline, s.Quiet, s.Links = true, true, false }},
		{map[string]string{"HF_HUB_OFFLINE": "0"}, func(*Settings) {}},
		{map[string]string{"HF_ENDPOINT": "http://nas.lan:8080/hf/"}, func(s *Settings) { s.Endpoint = &url.URL{Scheme: "http", Host: "nas.lan:8080", Path: "/hf"} }},
		{map[string]string{"HF_HUB_DOWNLOAD_TIMEOUT": "60", "HF_HUB_ETAG_TIMEOUT": "5"}, func(s *Settings) { s.Idle, s.Answer = time.Minute, 5*time.Second }},
		{map[string]string{"HF_ENDPOINT": "nas.lan"}, nil},
		{map[string]string{"HF_ENDPOINT": "https://me:pw@nas.lan"}, nil},
		{map[string]string{"HF_ENDPOINT": "ftp://nas.lan"}, nil},
		{map[string]string{"HF_TOKEN": "hf_a\r\nX-Evil: 1"}, nil},
		{map[string]string{"HF_HUB_ETAG_TIMEOUT": "-1"}, nil},
	} {
		env := map[string]string{"HOME": home}
		maps.Copy(env, test.env)
		got, err := Environment(func(name string) string { return env[name] })
		if test.change == nil {
			if !IsUsage(err) || strings.Contains(err.Error(), "pw") {
				t.Errorf("%v: %+v, %v; expected an error that tells no secret", test.env, got, err)
			}
			continue
		}
		want := base
		test.change(&want)
		if err != nil || got.Endpoint.String() != want.Endpoint.String() {
			t.Errorf("%v: %v, %v", test.env, got.Endpoint, err)
			continue
		}
		got.Endpoint = want.Endpoint
		if got != want {
			t.Errorf("%v: %+v, expected %+v", test.env, got, want)
		}
	}
}

// Where the bytes and where the token may come from and go.
func TestWhoIsTrusted(t *testing.T) {
	at := func(text string) *url.URL {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, test := range []struct {
		endpoint, address string
		bytes, token      bool
	}{
		{"https://huggingface.co", "https://huggingface.co/x", true, true},
		{"https://huggingface.co", "https://HuggingFace.co:443/x", true, true},
		{"https://huggingface.co", "https://huggingface.co:8443/x", true, false},
		{"https://huggingface.co", "https://evil.huggingface.co/x", true, false},
		{"https://huggingface.co", "https://huggingface.co.evil.org/x", true, false},
		{"https://huggingface.co", "http://huggingface.co/x", false, false},
		{"https://huggingface.co", "http://127.0.0.1:9/x", true, false},
		{"http://nas.lan", "http://nas.lan/x", true, false}, // in the clear
		{"http://nas.lan", "http://other.lan/x", false, false},
		{"http://127.0.0.1:9", "http://127.0.0.1:9/x", true, true},
		{"http://[::1]:9", "http://[::1]:9/x", true, true},
		{"http://localhost:9", "http://127.0.0.1:9/x", true, false},
		{"https://huggingface.co", "http://127.0.0.1.evil.org/x", false, false},
	} {
		s := Settings{Endpoint: at(test.endpoint), Token: "hf_x"}
		if got := s.permit(at(test.address)) == nil; got != test.bytes {
			t.Errorf("%s: bytes from %s: %v", test.endpoint, test.address, got)
		}
		if got := s.mayCarry(at(test.address)); got != test.token {
			t.Errorf("%s: the token to %s: %v", test.endpoint, test.address, got)
		}
	}
}

func TestContentRange(t *testing.T) {
	for text, want := range map[string]contentRange{
		"bytes 0-9/10": {0, 9, 10}, "bytes 5-5/10": {5, 5, 10},
		"": {}, "bytes */10": {}, "bytes 0-9/*": {}, "bytes 9-0/10": {}, "bytes 0-10/10": {}, "bytes -1-9/10": {},
		"bytes 0-9/10 x": {}, "bytes 0-9/99999999999999999999": {}, "octets 0-9/10": {},
	} {
		got, err := parseContentRange(text)
		if (err == nil) != (want != contentRange{}) || err == nil && got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}
