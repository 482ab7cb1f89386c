package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// prompts makes the tests that count longer: the figures of a release are those
// of -prompts 10000.
var prompts = flag.Int("prompts", 0, "how many prompts the tests of delivery send; 0 is a few")

// manyPrompts is that number, or a few, or some with LLAMAD_TEST_SLOW.
func manyPrompts(few, some int) int {
	switch {
	case *prompts > 0:
		return *prompts
	case os.Getenv("LLAMAD_TEST_SLOW") != "":
		return some
	}
	return few
}

// book knows what was asked and what came of it.
type book struct {
	t        *testing.T
	client   *mosquittotest.Client // hears responses only
	heard    int
	asked    map[string]int // id -> answers
	phantoms int            // answers to what nobody asked
	open     int            // asked and not answered
	again    int            // second answers that do not say so
	replayed int
	errors   map[string]int // by code
}

func newBook(t *testing.T, url string) *book {
	return &book{t: t, client: mosquittotest.Listen(t, url, "llamad/pi4/response/#"), asked: map[string]int{}, errors: map[string]int{}}
}

func (b *book) ask(text string) {
	id := fmt.Sprintf("p%d", len(b.asked))
	b.asked[id] = 0
	b.open++
	b.client.Post("llamad/pi4/prompt/hub", 1, fmt.Sprintf(`{"id":"%s","prompt":"%s"}`, id, text))
}

// read takes in what has arrived.
func (b *book) read() {
	for _, m := range b.client.From(b.heard) {
		b.heard++
		var a struct {
			ID       string
			Replayed bool
			Error    *struct{ Code string }
		}
		if err := json.Unmarshal([]byte(m.Payload), &a); err != nil {
			b.t.Fatalf("%s: %v", m.Payload, err)
		}
		before, known := b.asked[a.ID]
		switch {
		case !known:
			b.phantoms++
			continue
		case before > 0 && m.Dup: // the broker repeats itself to us
			continue
		case before == 0:
			b.open--
		case a.Replayed:
			b.replayed++
		default:
			b.again++
		}
		b.asked[a.ID]++
		if a.Error != nil {
			b.errors[a.Error.Code]++
		}
	}
}

// until waits until no more than open prompts are unanswered.
func (b *book) until(open int) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if b.read(); b.open <= open {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%d prompts are not answered", b.open)
		}
	}
}

// Whatever breaks, the daemon, the broker or the network: no accepted prompt is
// lost and none is invented.
func TestSlowNothingIsLost(t *testing.T) {
	t.Parallel()
	const inFlight = 10 // below what the queue holds, so that nothing is refused
	n := manyPrompts(60, 1000)
	blows := max(1, n/200) // of each kind
	broker := mosquittotest.Start(t, "max_queued_messages 0")
	proxy := mosquittotest.NewProxy(t, broker.Addr())
	b := newBook(t, broker.URL())
	state := t.TempDir()
	var p *stub
	start := func() { p = startStub(t, proxy.URL(), "pi4", state, "LLAMAD_MQTT_QUEUE=16", "LLAMAD_LOG_LEVEL=info") }
	start()
	p.online() // before that the broker keeps nothing for it
	kills, restarts, cuts := 0, 0, 0
	began := time.Now()
	for i := range n {
		b.ask("hello")
		b.until(inFlight)
		switch at := i % (n / blows); {
		case at == n/blows/4 && kills < blows:
			p.stop(syscall.SIGKILL)
			start()
			kills++
		case at == n/blows/2 && restarts < blows:
			broker.Stop(syscall.SIGTERM)
			broker.Restart()
			restarts++
		case at == n/blows*3/4 && cuts < blows:
			proxy.Cut()
			cuts++
		}
	}
	b.until(0)
	time.Sleep(500 * time.Millisecond) // for what comes too much
	b.read()
	t.Logf("%d prompts in %v over %d kills, %d broker restarts and %d resets: lost %d, phantom %d, answered twice %d, replayed %d, errors %v",
		n, time.Since(began).Round(time.Second), kills, restarts, cuts, b.open, b.phantoms, b.again, b.replayed, b.errors)
	if b.phantoms > 0 || b.again > kills || b.replayed > 20*(kills+restarts+cuts) {
		t.Error("phantoms, or more second answers than blows account for")
	}
	if len(b.errors) > 0 {
		t.Errorf("errors: %v", b.errors)
	}
}

// A thousand prompts a second: each is answered or refused, and nothing grows.
func TestSlowStorm(t *testing.T) {
	t.Parallel()
	n := manyPrompts(500, 3000)
	broker := mosquittotest.Start(t, "max_queued_messages 0", "max_inflight_messages 20")
	b := newBook(t, broker.URL())
	p := startStub(t, broker.URL(), "pi4", t.TempDir(), "LLAMAD_LOG_LEVEL=info")
	p.online()
	b.ask("hello")
	b.until(0)
	before := p.heap()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	peak := before
	for i := range n {
		if i%10 == 0 {
			<-tick.C
		}
		if i%100 == 0 {
			peak = max(peak, p.heap())
		}
		b.ask("slow")
	}
	b.until(0)
	peak = max(peak, p.heap())
	refused := b.errors["queue_full"]
	t.Logf("%d prompts: %d answered, %d refused, %d other; anonymous memory %d KiB before, %d KiB at its peak", n+1, n+1-refused, refused, len(b.errors)-1, before>>10, peak>>10)
	if peak-before > 8<<20 {
		t.Errorf("it took %d KiB", (peak-before)>>10)
	}
	if b.phantoms+b.again+b.replayed > 0 {
		t.Errorf("%d phantoms, %d second answers, %d replays", b.phantoms, b.again, b.replayed)
	}
	var h struct {
		Counters struct{ Connections, Dropped int }
	}
	ear := mosquittotest.Listen(t, broker.URL(), "llamad/pi4/health")
	if err := json.Unmarshal([]byte(ear.Next("llamad/pi4/health").Payload), &h); err != nil || h.Counters.Connections != 1 || h.Counters.Dropped != 0 {
		t.Errorf("%+v, %v", h, err)
	}
}

// heap is the anonymous memory of the process in bytes.
func (p *stub) heap() int {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	var kib int
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			fmt.Sscan(rest, &kib)
		}
	}
	return kib << 10
}
