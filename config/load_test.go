package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load writes text to a private file and loads it.
func loadText(t *testing.T, text string, environ ...string) (*Config, []Problem, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "llamad.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, environ)
}

func mustLoad(t *testing.T, text string, environ ...string) *Config {
	t.Helper()
	c, _, err := loadText(t, text, environ...)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := mustLoad(t, "")
	c.File = ""
	if !reflect.DeepEqual(c, Default()) {
		t.Errorf("an empty file gives %+v, Default %+v", c, Default())
	}
	if c.MQTT.Broker != "mqtt://localhost:1883" || c.MQTT.Prefix != "llamad" || c.MQTT.Node == "" || c.MQTT.Queue != 8 ||
		c.MQTT.MaxPacket != 64<<10 || c.MQTT.MaxAge != 10*time.Minute || c.MQTT.Raw || c.MQTT.Discovery != "device" {
		t.Errorf("mqtt: %+v", c.MQTT)
	}
	if c.Memory.Budget.Of(1000) != 750 || c.Memory.MinContext != 512 || c.Memory.KV != "f16" {
		t.Errorf("memory: %+v", c.Memory)
	}
	g := c.Generate
	if g.MaxTokens != 256 || g.Temperature != 0.3 || g.TopK != 40 || g.TopP != 0.95 || g.MinP != 0.05 ||
		g.RepeatPenalty != 1.1 || g.Seed != nil || g.Stop != nil || g.Reply != "json" || g.DeadlineS != 120 {
		t.Errorf("generate: %+v", g)
	}
}

func TestDefaultOfEveryKeyIsAcceptedByItsOwnCheck(t *testing.T) {
	for _, s := range sections {
		for _, r := range s.rows {
			if !r.set(Default(), r.fallback) {
				t.Errorf("%s.%s refuses its default %s, expected %s", s.name, r.Name, r.Default, r.Expected)
			}
			if r.Text == "" || r.Expected == "" || strings.HasSuffix(r.Text, ".") {
				t.Errorf("%s.%s: text %q, expected %q", s.name, r.Name, r.Text, r.Expected)
			}
		}
	}
}

func TestMissingFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.toml")
	_, _, err := Load(missing, nil)
	var ce *Error
	if !errors.As(err, &ce) || len(ce.Problems) != 1 || ce.Problems[0].File != missing {
		t.Fatalf("a named file that is missing: %v", err)
	}
	for _, name := range []string{t.TempDir(), "/dev/null"} {
		if _, _, err := Load(name, nil); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryKeyCanBeSet(t *testing.T) {
	src, err := os.ReadFile("testdata/good/everything.toml")
	if err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, string(src))
	for _, s := range sections {
		for _, r := range s.rows {
			if r.Name == "path" || r.Name == "password_file" {
				continue // they take the place of name and password
			}
			if reflect.DeepEqual(r.get(c), r.get(Default())) {
				t.Errorf("testdata/good/everything.toml leaves %s.%s at its default", s.name, r.Name)
			}
		}
	}
	k := c.Clients["kitchen"]
	if k.Reply != "text" || k.MaxTokens != 60 || !k.Raw || !k.Last || k.ResponseTopic != "home/kitchen/tts" || len(k.OneOf) != 2 || k.Conversation != "kitchen" {
		t.Errorf("client.kitchen: %+v", k)
	}
	if k.Temperature != c.Generate.Temperature || *k.Seed != 7 {
		t.Errorf("client.kitchen does not rest on [generate]: %+v", k)
	}
	if d := c.Clients["display"]; d.Reply != "text" || d.MaxTokens != 99 || !slices.Equal(d.Stop, []string{"\n"}) {
		t.Errorf("client.display, which sets one key: %+v", d)
	}
}

// Each testdata/bad/NAME.toml is refused with what NAME.err says, and each
// testdata/bad/NAME.env is a list of variables.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) < 10 {
		t.Fatalf("testdata/bad: %d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var environ []string
			if env, err := os.ReadFile(strings.TrimSuffix(file, ".toml") + ".env"); err == nil {
				environ = strings.Split(strings.TrimSpace(string(env)), "\n")
			}
			path := filepath.Join(t.TempDir(), "llamad.toml")
			if err := os.WriteFile(path, src, 0o600); err != nil {
				t.Fatal(err)
			}
			c, _, err := Load(path, environ)
			var ce *Error
			if !errors.As(err, &ce) {
				t.Fatalf("Load gives %+v, %v; expected an *Error", c, err)
			}
			got := ""
			for _, p := range ce.Problems {
				got += strings.ReplaceAll(p.String(), path, "llamad.toml") + "\n"
				if p.Hint != "" {
					got += "hint: " + p.Hint + "\n"
				}
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".err", got)
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w string
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Errorf("%s:%d differs (go test -update rewrites it)\n got %q\nwant %q", file, i+1, g, w)
			return
		}
	}
}

func TestLongFileIsRefused(t *testing.T) {
	_, _, err := loadText(t, strings.Repeat("# x\n", maxSource/4+1))
	if err == nil || !strings.Contains(err.Error(), "longer than 64KiB") {
		t.Errorf("error %v", err)
	}
}

func TestChanges(t *testing.T) {
	from := mustLoad(t, "[generate]\ntemperature = 0.5\n[mqtt]\nqueue = 4\n")
	to := mustLoad(t, "[generate]\ntemperature = 0.6\n[mqtt]\nqueue = 5\n[client.x]\nlast = true\n")
	live, restart := Changes(from, to)
	if !slices.Equal(live, []string{"generate.temperature", "client"}) || !slices.Equal(restart, []string{"mqtt.queue"}) {
		t.Errorf("Changes = %v, %v", live, restart)
	}
	if live, restart := Changes(from, from); live != nil || restart != nil {
		t.Errorf("Changes of the same = %v, %v", live, restart)
	}
}

func TestBrokerOfItsOwnIsWherePromptsComeFrom(t *testing.T) {
	c := mustLoad(t, "[broker]\nenabled = true\nport = 2883\n")
	if c.MQTT.Broker != "mqtt://127.0.0.1:2883" {
		t.Errorf("broker %q", c.MQTT.Broker)
	}
	c = mustLoad(t, "[broker]\nenabled = true\n[mqtt]\nbroker = 'mqtt://hub'\n")
	if c.MQTT.Broker != "mqtt://hub" {
		t.Errorf("broker %q", c.MQTT.Broker)
	}
}

func FuzzTOML(f *testing.F) {
	f.Add("")
	f.Add(Example())
	f.Add(uncommented())
	f.Add("[client.a]\nreply = 'text'\n[client.\"b c\"]\nx = 1\n")
	f.Add("mqtt = 1\n[[model]]\n[a.b.c]\nd.e.f = [[1, {g = 2}]]\n")
	f.Add("[mqtt]\nqueue = 9223372036854775807\nmax_age = '-5m'\nmax_packet = '1e99GiB'\n[memory]\nbudget = '1e999%'\n")
	f.Add("[generate]\ntemperature = nan\ntop_p = inf\nseed = -2\nstop = [1979-05-27]\n")
	f.Add("\xff\xfe[m\x00")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 {
			return // longer ones only take longer
		}
		l := loader{config: Default()}
		l.fromFile(&source{name: "llamad.toml", text: text})
		l.fromEnvironment()
		l.clients()
		l.relations()
		for _, p := range l.problems {
			if p.Text == "" || p.Key == "" && p.File == "" {
				t.Errorf("a problem that says nothing: %+v", p)
			}
		}
		if len(l.problems) > 0 {
			return
		}
		c := l.config
		if g := c.Generate; !(g.Temperature >= 0 && g.TopP >= 0 && g.TopP <= 1 && g.RepeatPenalty > 0) || g.MaxTokens < 0 || g.DeadlineS < 1 {
			t.Errorf("accepted %+v", g)
		}
		if c.MQTT.Node == "" || c.MQTT.Queue < 1 || c.MQTT.Queue > 16 || c.Memory.Budget.Of(1<<30) <= 0 || !isBroker(c.MQTT.Broker) {
			t.Errorf("accepted %+v", c)
		}
	})
}
