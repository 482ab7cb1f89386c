//go:build soak

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"llamad/mqtt/mosquittotest"
)

// TestSoak lets a daemon live through what a home does to it, over and over, for as
// long as LLAMAD_TEST_SOAK says. What it has at rest must stay what it was: its
// goroutines, its descriptors, its anonymous memory.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("LLAMAD_TEST_SOAK"))
	if err != nil {
		t.Fatalf("LLAMAD_TEST_SOAK: %v: run make soak, SOAK=30m for as long as that", err)
	}
	s := newSoak(t)
	s.remember()
	for range warmUp {
		s.round()
	}
	s.samples = nil
	for end := time.Now().Add(length); time.Now().Before(end) || len(s.samples) < 3; {
		s.round()
	}
	s.judge()
	if code := s.daemon.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// warmUp is how many rounds fill every cache and pool, and show Go how much heap
// there will be.
const warmUp = 2

// How much anonymous memory may grow: by as much in any time, and by no more than
// that in each half an hour.
const (
	mayGrow = 1 << 20
	mayIn   = 30 * time.Minute
)

// rest is what a daemon has when it has nothing to do.
type rest struct {
	at                      time.Time
	goroutines, descriptors int
	anonymous               int64
}

// soak is a home with a broker, a daemon and a model whose file comes and goes.
type soak struct {
	*testing.T
	broker  *mosquittotest.Broker
	proxy   *mosquittotest.Proxy
	daemon  *daemon
	client  *client
	good    string // a model that nobody touches
	path    string // its copy in use
	rounds  int
	asked   int
	ended   map[string]int // answers and errors, by code
	samples []rest
}

const soakContext = 256

func newSoak(t *testing.T) *soak {
	t.Helper()
	dir := t.TempDir()
	s := &soak{T: t, broker: mosquittotest.Start(t), good: neverEnding(t, 4, 256), path: filepath.Join(dir, "model.gguf"), ended: map[string]int{}}
	s.proxy = mosquittotest.NewProxy(t, s.broker.Addr())
	s.put()
	s.daemon = serveWith(t, native, s.configure(dir, 0.3), dir)
	s.listen()
	s.client.waitOnline(native.slow)
	return s
}

func (s *soak) configure(dir string, temperature float64) string {
	s.Helper()
	path := filepath.Join(dir, "llamad.toml")
	text := fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"test\"\nraw = true\n[model]\npath = %q\n[memory]\ncontext = %d\n[generate]\ntemperature = %g\n[log]\nlevel = \"debug\"\n",
		s.proxy.URL(), s.path, soakContext, temperature)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// listen connects a client that comes back to a broker that was away.
func (s *soak) listen() {
	c := &client{t: s.T, messages: map[string][][]byte{}, news: make(chan struct{}, 1)}
	o := paho.NewClientOptions().AddBroker(s.broker.URL()).SetClientID("soak").SetCleanSession(false).SetMaxReconnectInterval(100 * time.Millisecond).
		SetDefaultPublishHandler(c.hear).
		SetOnConnectHandler(func(p paho.Client) { p.Subscribe(base+"#", 1, nil) })
	c.paho = paho.NewClient(o)
	c.wait(c.paho.Connect())
	s.Cleanup(func() { c.paho.Disconnect(100) })
	s.client = c
}

// forget drops what was heard and logged, once nothing private is in it: a soak of a
// night would otherwise be one of this process.
func (s *soak) forget() {
	s.Helper()
	if text := private.in(s.daemon.log.String()); text != "" {
		s.Errorf("%q is in the log of the daemon", text)
	}
	private.forget()
	s.daemon.log.Forget()
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	clear(s.client.messages)
}

func (p *texts) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = nil
}

// put brings a good model to where the daemon looks for it.
func (s *soak) put() {
	s.Helper()
	good, err := os.ReadFile(s.good)
	if err == nil {
		err = os.WriteFile(s.path+".new", good, 0o644)
	}
	if err == nil {
		err = os.Rename(s.path+".new", s.path)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// ask publishes a request on prompt[/room] and gives its id.
func (s *soak) ask(room string, request object) string {
	s.Helper()
	s.asked++
	id := fmt.Sprintf("s%d", s.asked)
	request["id"], request["deadline_s"] = id, 600
	s.client.publish(strings.TrimSuffix("prompt/"+room, "/"), 1, request)
	return id
}

// await waits for the one answer or error of each.
func (s *soak) await(room string, ids ...string) {
	s.Helper()
	for _, id := range ids {
		a := s.client.answer(strings.TrimSuffix("response/"+room, "/"), id, native.slow)
		if a.Status == "ok" {
			s.ended["ok"]++
		} else {
			s.ended[a.Error.Code]++
		}
		if a.Status != "ok" && a.Error.Code == "internal" {
			s.Errorf("%+v", a)
		}
	}
}

// round is everything that may happen, and then a rest.
func (s *soak) round() {
	s.Helper()
	s.rounds++
	s.talk()
	s.nonsense()
	s.crowd()
	s.network()
	s.reload()
	s.modelGoes()
	s.fill()
	s.sample()
	if s.Failed() {
		s.FailNow()
	}
	s.forget()
}

// remember asks as many prompts as there are answers that the daemon remembers, each
// about as long as those of the rounds.
func (s *soak) remember() {
	for range 256 {
		s.await("", s.ask("", object{"prompt": "To be remembered", "max_tokens": 40}))
	}
}

// talk is a home's ordinary day.
func (s *soak) talk() {
	for i := range 6 {
		room := []string{"", "kitchen", "hall", "homeassistant"}[i%4]
		s.await(room, s.ask(room, object{"prompt": fmt.Sprintf("What is new in room %d?", i), "max_tokens": 16, "stream": i%2 == 0, "conversation": fmt.Sprintf("c%d", i%3)}))
	}
	s.await("hall", s.ask("hall", object{"prompt": "On or off?", "one_of": []string{"on", "off", "none"}}))
	s.await("hall", s.ask("hall", object{"prompt": "Once more", "stop": []string{"zz"}, "max_tokens": 8, "seed": s.rounds}))
}

// nonsense are payloads that are no requests.
func (s *soak) nonsense() {
	for i, payload := range []string{"{", `{"prompt":4}`, "\xff\xfe", `{"id":"a b","prompt":"p"}`, strings.Repeat("x", 100<<10), `{"prompt":"` + strings.Repeat("long ", 2000) + `"}`} {
		before := len(s.client.received("response/nonsense"))
		s.client.publish("prompt/nonsense", 1, payload)
		s.client.since("response/nonsense", before, native.slow, func(p []byte) bool {
			var a answer
			if err := json.Unmarshal(p, &a); err != nil || a.Status != "error" {
				s.Errorf("nonsense %d: %s", i, p)
			}
			s.ended[a.Error.Code]++
			return true
		})
	}
}

// crowd are more prompts than the queue holds, of which some are cancelled.
func (s *soak) crowd() {
	var ids []string
	for i := range 14 {
		ids = append(ids, s.ask("crowd", object{"prompt": fmt.Sprintf("%d of a crowd", i), "max_tokens": 100}))
	}
	s.client.publish("cancel", 0, ids[3])
	s.client.until("status/crowd", native.slow, func(p []byte) bool { return strings.Contains(string(p), `"generating"`) })
	s.client.publish("cancel", 0, "*")
	s.await("crowd", ids...)
}

// network is a connection that is lost three ways, with a prompt at work.
func (s *soak) network() {
	for i, lose := range []func(){
		s.proxy.Cut,
		func() { s.broker.Stop(syscall.SIGTERM); s.broker.Restart() },
		func() { s.broker.Stop(syscall.SIGTERM); time.Sleep(time.Second); s.broker.Restart() },
	} {
		connected := s.count("connected broker=")
		id := s.ask("net", object{"prompt": fmt.Sprintf("Are you there? %d", i), "max_tokens": 60})
		lose()
		s.logged("connected broker=", connected+1)
		s.online()
		s.await("net", id)
	}
}

// online waits until our own client is back.
func (s *soak) online() {
	s.Helper()
	for end := time.Now().Add(native.slow); !s.client.paho.IsConnectionOpen(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatal("the test's own client does not come back")
		}
	}
}

// reload reads a configuration that changes.
func (s *soak) reload() {
	n := s.count("configuration reloaded")
	s.configure(s.daemon.state, 0.3+float64(s.rounds%2)/10)
	if err := s.daemon.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.Fatal(err)
	}
	s.logged("configuration reloaded", n+1)
}

// modelGoes is a model that is cut short while it computes, is replaced, is removed,
// and comes back.
func (s *soak) modelGoes() {
	id := s.ask("model", object{"prompt": "A long story", "max_tokens": 200})
	s.client.until("status/model", native.slow, func(p []byte) bool {
		return strings.Contains(string(p), id) && strings.Contains(string(p), `"generating"`)
	})
	if err := os.Truncate(s.path, 1<<16); err != nil {
		s.Fatal(err)
	}
	s.await("model", id)
	s.put()
	s.await("model", s.ask("model", object{"prompt": "Who is it now?", "max_tokens": 8}))
	s.put()
	s.await("model", s.ask("model", object{"prompt": "And now?", "max_tokens": 8}))
	if err := os.Remove(s.path); err != nil {
		s.Fatal(err)
	}
	s.await("model", s.ask("model", object{"prompt": "And now?", "max_tokens": 8}))
	s.put()
	before := len(s.client.received("info"))
	id = s.ask("model", object{"prompt": "Back again?", "max_tokens": 8})
	s.await("model", id)
	s.client.since("info", max(before-1, 0), native.slow, func(p []byte) bool { return strings.Contains(string(p), `"status":"ready"`) })
}

// fill fills every KV cache, so that each rest has as many.
func (s *soak) fill() {
	for i := range 10 { // more than there are
		s.await("fill", s.ask("fill", object{"prompt": fmt.Sprint(i) + strings.Repeat(string(rune('a'+i)), soakContext-20), "raw": true, "max_tokens": 0}))
	}
}

// count is how often something is in the log.
func (s *soak) count(text string) int { return strings.Count(s.daemon.log.String(), text) }

func (s *soak) logged(text string, n int) {
	s.Helper()
	for end := time.Now().Add(native.slow); s.count(text) < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("not logged within %v: %q for the %dth time", native.slow, text, n)
		}
	}
}

var healthLine = regexp.MustCompile(`health busy=(\w+) queue=(\d+) goroutines=(\d+)`)

// sample notes what there is at rest. What is on its way out is given some time.
func (s *soak) sample() {
	s.Helper()
	var best rest
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		now := s.look()
		if now.at.IsZero() {
			continue
		}
		if best.at.IsZero() || now.goroutines <= best.goroutines && now.descriptors <= best.descriptors {
			best = now
		}
		if len(s.samples) == 0 || best.goroutines <= most(s.samples, goroutines) && best.descriptors <= most(s.samples, descriptors) {
			break
		}
	}
	if best.at.IsZero() {
		s.Fatal("the daemon does not come to rest")
	}
	s.samples = append(s.samples, best)
	s.Logf("round %d: %d goroutines, %d descriptors, %.2f MB anonymous", s.rounds, best.goroutines, best.descriptors, mb(best.anonymous))
}

func goroutines(r rest) int  { return r.goroutines }
func descriptors(r rest) int { return r.descriptors }

func most(samples []rest, of func(rest) int) int {
	return of(slices.MaxFunc(samples, func(a, b rest) int { return of(a) - of(b) }))
}

func least(samples []rest, of func(rest) int) int {
	return of(slices.MinFunc(samples, func(a, b rest) int { return of(a) - of(b) }))
}

// look asks for a report of health, which a cancel of nothing leads to, and takes
// the other figures at the same time. It is nothing while there is work.
func (s *soak) look() (r rest) {
	s.Helper()
	before := s.count(" health busy=")
	s.client.publish("cancel", 0, "nobody")
	s.logged(" health busy=", before+1)
	all := healthLine.FindAllStringSubmatch(s.daemon.log.String(), -1)
	last := all[len(all)-1]
	if last[1] != "false" || last[2] != "0" {
		return r
	}
	pid := s.daemon.cmd.Process.Pid
	r.goroutines, _ = strconv.Atoi(last[3])
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	u, ok := usageOf(pid)
	if err != nil || !ok {
		s.Fatalf("the daemon died: %v", err)
	}
	r.at, r.descriptors, r.anonymous = time.Now(), len(open), u.anonymous
	return r
}

// judge wants no slope in anything.
func (s *soak) judge() {
	first, last := s.samples[0], s.samples[len(s.samples)-1]
	span := last.at.Sub(first.at)
	grown := slope(s.samples, func(r rest) float64 { return float64(r.anonymous) }) * span.Seconds()
	s.Logf("%d rounds and %d prompts in %v, which ended %v", len(s.samples), s.asked, span.Round(time.Second), s.ended)
	s.Logf("at rest: goroutines %d -> %d, descriptors %d -> %d, anonymous %.2f MB -> %.2f MB, by the slope %+.3f MB (%+.3f MB in %v)",
		first.goroutines, last.goroutines, first.descriptors, last.descriptors, mb(first.anonymous), mb(last.anonymous), grown/1e6, grown/1e6*mayIn.Seconds()/span.Seconds(), mayIn)
	// One goroutine more or less is about at times.
	third := len(s.samples) / 3
	early, late := s.samples[:third], s.samples[len(s.samples)-third:]
	for what, of := range map[string]func(rest) int{"goroutines": goroutines, "descriptors": descriptors} {
		if before, after := most(early, of), least(late, of); after > before {
			s.Errorf("at most %d %s at rest, and later at least %d", before, what, after)
		}
	}
	if limit := mayGrow * max(1, span.Seconds()/mayIn.Seconds()); grown > limit {
		s.Errorf("anonymous memory grew by %.2f MB in %v, want at most %.2f", grown/1e6, span.Round(time.Second), limit/1e6)
	}
	for _, code := range []string{"ok", "bad_request", "too_large", "context_overflow", "queue_full", "model_error", "no_model"} {
		if s.ended[code] == 0 {
			s.Errorf("no prompt ended with %s: the rounds are not what they are to be", code)
		}
	}
}

// slope is the median of the slopes between any two samples, a second: what a few
// outliers do not move (Theil and Sen).
func slope(samples []rest, of func(rest) float64) float64 {
	var all []float64
	for i, a := range samples {
		for _, b := range samples[i+1:] {
			all = append(all, (of(b)-of(a))/b.at.Sub(a.at).Seconds())
		}
	}
	slices.Sort(all)
	return all[len(all)/2]
}
