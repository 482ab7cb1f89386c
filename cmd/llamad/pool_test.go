package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// pool is some daemons that share the prompts of one group.
type pool struct {
	t       *testing.T
	broker  *mosquittotest.Broker
	client  *mosquittotest.Client
	members map[string]*stub
	asked   int
}

func newPool(t *testing.T, names ...string) *pool {
	t.Helper()
	b := mosquittotest.Start(t)
	p := &pool{t: t, broker: b, client: mosquittotest.Listen(t, b.URL(), "llamad/#"), members: map[string]*stub{}}
	for _, name := range names {
		p.members[name] = startStub(t, b.URL(), name, t.TempDir(), "LLAMAD_MQTT_GROUP=house")
	}
	for _, member := range p.members {
		member.until("joined the pool")
	}
	return p
}

// ask sends n prompts, a few at a time, and waits patience for their answers. It
// gives back how many each node answered, and how often each prompt was.
func (p *pool) ask(n int, text string, patience time.Duration) (nodes map[string]int, prompts map[string]int) {
	p.t.Helper()
	nodes, prompts = map[string]int{}, map[string]int{}
	const topic = "llamad/house/response/hub"
	seen := len(p.client.On(topic))
	collect := func() {
		for list := p.client.On(topic); seen < len(list); seen++ {
			var a struct{ ID, Node, Status string }
			if err := json.Unmarshal([]byte(list[seen].Payload), &a); err != nil || a.Status != "ok" {
				p.t.Errorf("%s", list[seen].Payload)
			}
			nodes[a.Node]++
			prompts[a.ID]++
		}
	}
	end := time.Now().Add(patience)
	for i := 0; (i < n || len(prompts) < n) && time.Now().Before(end); collect() {
		if i < n && i-len(prompts) < 9 {
			p.asked++
			i++
			p.client.Publish("llamad/house/prompt/hub", 1, false, fmt.Sprintf(`{"id":"p%d","prompt":"%s"}`, p.asked, text))
			continue
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nodes, prompts
}

func (p *pool) check(what string, n int, nodes, prompts map[string]int, working ...string) {
	p.t.Helper()
	if len(prompts) != n {
		p.t.Errorf("%s: %d of %d prompts answered", what, len(prompts), n)
	}
	for id, times := range prompts {
		if times != 1 {
			p.t.Errorf("%s: %s was answered %d times", what, id, times)
		}
	}
	if len(nodes) != len(working) {
		p.t.Errorf("%s: answered by %v, want %v", what, nodes, working)
	}
	for _, name := range working {
		if nodes[name] < n/(3*len(working)) {
			p.t.Errorf("%s: %s answered %d of %d, want its share", what, name, nodes[name], n)
		}
	}
}

// Every prompt is answered once and the work is spread, also after a member left.
func TestPool(t *testing.T) {
	t.Parallel()
	p := newPool(t, "one", "two", "three")
	nodes, prompts := p.ask(60, "hello", patience)
	p.check("three members", 60, nodes, prompts, "one", "two", "three")

	p.client.Publish("llamad/two/prompt", 1, false, "slow, and under its own name")
	p.members["two"].stop(syscall.SIGTERM)
	nodes, prompts = p.ask(60, "hello", patience)
	p.check("two is gone", 60, nodes, prompts, "one", "three")

	p.members["one"].stop(syscall.SIGKILL)
	nodes, prompts = p.ask(20, "hello", patience)
	p.check("one is dead", 20, nodes, prompts, "three")
	for _, m := range p.client.On("") {
		if strings.HasPrefix(m.Topic, "llamad/house/") && strings.Contains(m.Topic, "marker") {
			t.Errorf("%+v: a pool has no backlog", m)
		}
	}
}

// What a member answers it tells where the pool is asked, and a cancel there
// reaches whoever has the prompt.
func TestPoolCancel(t *testing.T) {
	t.Parallel()
	p := newPool(t, "one", "two")
	p.client.Publish("llamad/house/prompt/hub", 1, false, `{"id":"x","prompt":"slow slow","stream":true}`)
	if m := p.client.Next("llamad/house/status/hub"); !strings.Contains(m.Payload, `"id":"x"`) {
		t.Errorf("status %s", m.Payload)
	}
	p.client.Publish("llamad/house/cancel", 0, false, "x")
	if m := p.client.Next("llamad/house/response/hub"); !strings.Contains(m.Payload, `"finish_reason":"cancelled"`) {
		t.Errorf("answer %s", m.Payload)
	}
	if m := p.client.Next("llamad/house/stream/hub"); !strings.Contains(m.Payload, `"id":"x"`) {
		t.Errorf("stream %s", m.Payload)
	}
}

// Told to stop, a member finishes what it has begun, refuses what it has taken, and
// takes no more.
func TestPoolMemberStops(t *testing.T) {
	t.Parallel()
	const held, later = 4, 6
	p := newPool(t, "one")
	ask := func(id, text string) {
		p.client.Publish("llamad/house/prompt/hub", 1, false, fmt.Sprintf(`{"id":"%s","prompt":"%s"}`, id, text))
	}
	one := p.members["one"]
	for i := range held {
		ask(fmt.Sprint("held-", i), strings.Repeat("slow ", 10))
	}
	for strings.Count(one.log.String(), "prompt queued") < held {
		time.Sleep(2 * time.Millisecond)
	}
	two := startStub(t, p.broker.URL(), "two", t.TempDir(), "LLAMAD_MQTT_GROUP=house")
	two.until("joined the pool")
	_ = one.cmd.Process.Signal(syscall.SIGTERM)
	one.until("left the pool")
	for i := range later {
		ask(fmt.Sprint("later-", i), "hello")
	}
	for range held + later {
		var a struct {
			ID, Node, Status string
			Error            struct{ Code string }
		}
		if err := json.Unmarshal([]byte(p.client.Next("llamad/house/response/hub").Payload), &a); err != nil {
			t.Error(err)
		}
		switch {
		case a.ID == "held-0" && a.Status == "ok" && a.Node == "one":
		case strings.HasPrefix(a.ID, "held-") && a.Error.Code == "shutting_down":
		case strings.HasPrefix(a.ID, "later-") && a.Status == "ok" && a.Node == "two":
		default:
			t.Errorf("%+v", a)
		}
	}
}

// A node that is named like a pool would answer each of its prompts too.
func TestPoolNamedLikeANode(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t)
	first := startStub(t, b.URL(), "house", t.TempDir())
	first.online()
	client := mosquittotest.Listen(t, b.URL(), "llamad/#")
	client.Next("llamad/house/info")
	second := startStub(t, b.URL(), "one", t.TempDir(), "LLAMAD_MQTT_GROUP=house")
	second.until("a node is named like our pool")
	second.online()
	client.Publish("llamad/house/prompt", 1, false, "hello")
	client.Next("llamad/house/response")
	time.Sleep(100 * time.Millisecond)
	if n := len(client.On("llamad/house/response")); n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
}

// What a killed member held is what ARCHITECTURE.md says about it.
func TestPoolKill(t *testing.T) {
	t.Parallel()
	const each = 3
	p := newPool(t, "one", "two", "three")
	for i := range 3 * each {
		p.client.Publish("llamad/house/prompt/hub", 1, false, fmt.Sprintf(`{"id":"k%d","prompt":"slow"}`, i))
	}
	p.members["two"].until("prompt queued")
	time.Sleep(50 * time.Millisecond)
	held := strings.Count(p.members["two"].log.String(), "prompt queued") - strings.Count(p.members["two"].log.String(), "prompt answered")
	p.members["two"].stop(os.Kill)
	time.Sleep(3 * time.Second)
	answered := map[string]int{}
	for _, m := range p.client.On("llamad/house/response/hub") {
		var a struct{ ID, Status, Node string }
		if json.Unmarshal([]byte(m.Payload), &a) == nil && a.Status == "ok" {
			answered[a.ID]++
		}
	}
	t.Logf("killed holding %d of %d prompts; %d answered: %v", held, 3*each, len(answered), answered)
	if len(answered) < 2*each {
		t.Errorf("%d prompts answered, want those of the two others at least", len(answered))
	}
}
