package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"llamad/mqtt/mosquittotest"
)

const base = "llamad/test/"

type object map[string]any

// daemon is a running llamad serve.
type daemon struct {
	cmd           *exec.Cmd
	config, state string
	log           mosquittotest.Log
}

// serve starts the daemon for a broker, with a state directory and a
// configuration of its own; lines are added to the configuration's end.
func serve(t *testing.T, b binary, broker string, lines ...string) *daemon {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"test\"\n[model]\npath = %q\n", broker, smolLM2(t))
	for _, line := range lines {
		config += line + "\n"
	}
	path := filepath.Join(dir, "llamad.toml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return serveWith(t, b, path, dir)
}

func serveWith(t *testing.T, b binary, config, state string) *daemon {
	t.Helper()
	d := &daemon{config: config, state: state, cmd: b.start(context.Background(), "serve", "--config", config)}
	d.cmd.Env = append(d.cmd.Env, "STATE_DIRECTORY="+state)
	d.cmd.Stderr = &d.log
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.stop(syscall.SIGTERM)
		if text := private.in(d.log.String()); text != "" {
			t.Errorf("%q is in the log of the daemon", text)
		}
		if t.Failed() {
			t.Logf("llamad said:\n%s", d.log.String())
		}
	})
	return d
}

// private is what the clients of all tests ask and are told.
var private texts

type texts struct {
	mu   sync.Mutex
	list []string
}

// add takes a text that is long enough to stand nowhere by chance.
func (p *texts) add(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(text) >= 8 {
		p.list = append(p.list, text)
	}
}

// in is one of them that stands in log, "" when none does.
func (p *texts) in(log string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.list {
		if strings.Contains(log, text) {
			return text
		}
	}
	return ""
}

// stop ends the daemon, with its exit code; a second stop does nothing.
func (d *daemon) stop(signal os.Signal) int {
	if d.cmd.ProcessState == nil {
		_ = d.cmd.Process.Signal(signal)
		_ = d.cmd.Wait()
	}
	return d.cmd.ProcessState.ExitCode()
}

// client is what a hub does: it prompts and listens.
type client struct {
	t    *testing.T
	paho paho.Client

	mu       sync.Mutex
	messages map[string][][]byte // topic below base -> payloads, in order
	news     chan struct{}
}

func dial(t *testing.T, broker *mosquittotest.Broker) *client {
	t.Helper()
	return dialAs(t, broker, "", "")
}

func dialAs(t *testing.T, broker *mosquittotest.Broker, username, password string) *client {
	t.Helper()
	c := &client{t: t, messages: map[string][][]byte{}, news: make(chan struct{}, 1)}
	o := paho.NewClientOptions().AddBroker(broker.URL()).SetUsername(username).SetPassword(password).SetClientID("test-" + t.Name()).SetOrderMatters(true)
	c.paho = paho.NewClient(o)
	c.wait(c.paho.Connect())
	c.wait(c.paho.Subscribe(base+"#", 1, c.hear))
	t.Cleanup(func() { c.paho.Disconnect(100) })
	return c
}

// hear keeps a message.
func (c *client) hear(_ paho.Client, m paho.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	topic := m.Topic()[len(base):]
	c.messages[topic] = append(c.messages[topic], m.Payload())
	select {
	case c.news <- struct{}{}:
	default:
	}
}

func (c *client) wait(token paho.Token) {
	c.t.Helper()
	if !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		c.t.Fatalf("broker: %v", token.Error())
	}
}

// publish sends text as it stands and anything else as JSON.
func (c *client) publish(topic string, qos byte, payload any) {
	c.t.Helper()
	text, ok := payload.(string)
	if request, is := payload.(object); is {
		for _, key := range []string{"prompt", "system"} {
			if asked, is := request[key].(string); is {
				private.add(asked)
			}
		}
	}
	if strings.HasPrefix(topic, "prompt") {
		private.add(text)
	}
	if !ok {
		b, err := json.Marshal(payload)
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(b)
	}
	c.wait(c.paho.Publish(base+topic, qos, false, text))
}

// received is all that came on a topic so far.
func (c *client) received(topic string) [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([][]byte(nil), c.messages[topic]...)
}

// until waits for a message on a topic that found accepts.
func (c *client) until(topic string, patience time.Duration, found func(payload []byte) bool) {
	c.t.Helper()
	c.since(topic, 0, patience, found)
}

// since waits for one that is not among the first that came.
func (c *client) since(topic string, seen int, patience time.Duration, found func(payload []byte) bool) {
	c.t.Helper()
	timeout := time.After(patience)
	for {
		all := c.received(topic)
		for ; seen < len(all); seen++ {
			if found(all[seen]) {
				return
			}
		}
		select {
		case <-c.news:
		case <-timeout:
			c.t.Fatalf("nothing as awaited on %s%s within %v; there were %q", base, topic, patience, all)
		}
	}
}

func (c *client) waitOnline(patience time.Duration) {
	c.t.Helper()
	c.until("state", patience, func(p []byte) bool { return string(p) == "online" })
}

// answer is what tests look at in an answer or error.
type answer struct {
	ID       string
	Status   string
	Text     string
	Replayed bool
	Error    struct{ Code, Message string }
	Choices  []struct {
		FinishReason string `json:"finish_reason"`
	}
	Usage struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
	Timings struct {
		Cached int `json:"cached_tokens"`
	}
	Warnings []string
	Scores   []struct {
		Text                 string
		Logprob, Probability float64
	}
}

// answer waits for the answer to a prompt.
func (c *client) answer(topic, id string, patience time.Duration) (a answer) {
	c.t.Helper()
	c.until(topic, patience, func(p []byte) bool {
		a = answer{}
		return json.Unmarshal(p, &a) == nil && a.ID == id
	})
	private.add(a.Text)
	return a
}
