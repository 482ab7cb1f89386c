//go:build openhab

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

const (
	openHABStarts = 15 * time.Minute // it resolves its bundles and add-ons anew
	openHABEnds   = time.Minute
)

// openHAB is a real openHAB with the examples.
type openHAB struct {
	t      *testing.T
	api    string // "http://127.0.0.1:8080/rest"
	exited chan struct{}

	mu     sync.Mutex
	events []openHABEvent // since it was up, in order
	news   chan struct{}
}

// openHABEvent is one message of its event bus.
type openHABEvent struct {
	Topic   string // "openhab/items/Llamad_Answer/state"
	Payload string // JSON
}

// startOpenHAB runs the distribution in LLAMAD_TEST_OPENHAB on directories of the
// test's own. At the end it must have had nothing to complain of.
func startOpenHAB(t *testing.T, broker *mosquittotest.Broker) *openHAB {
	t.Helper()
	home := os.Getenv("LLAMAD_TEST_OPENHAB")
	if _, err := os.Stat(filepath.Join(home, "start.sh")); home == "" || err != nil {
		t.Fatalf("LLAMAD_TEST_OPENHAB is %q: expected a directory with an unpacked openHAB distribution (openhab.org, 4.3 or newer)", home)
	}
	dir, port := t.TempDir(), freePort(t)
	logs, userdata := filepath.Join(dir, "logs"), filepath.Join(dir, "userdata")
	// Only its settings: not the things, users and caches of a distribution in use.
	if err := os.CopyFS(filepath.Join(userdata, "etc"), os.DirFS(filepath.Join(home, "userdata", "etc"))); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "conf")
	configureOpenHAB(t, conf, broker)

	h := &openHAB{t: t, api: fmt.Sprintf("http://127.0.0.1:%d/rest", port), exited: make(chan struct{}), news: make(chan struct{}, 1)}
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), filepath.Join(home, "start.sh"), "server")
	cmd.Env = append(os.Environ(), "OPENHAB_CONF="+conf, "OPENHAB_USERDATA="+userdata, "OPENHAB_LOGDIR="+logs,
		"OPENHAB_BACKUPS="+filepath.Join(dir, "backups"), "OPENHAB_HTTP_ADDRESS=127.0.0.1",
		fmt.Sprintf("OPENHAB_HTTP_PORT=%d", port), fmt.Sprintf("OPENHAB_HTTPS_PORT=%d", freePort(t)))
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the script has a Java below it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = openHABEnds
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(h.exited)
	}()
	t.Cleanup(func() {
		<-h.exited // the test's end has cancelled it
		log, err := os.ReadFile(filepath.Join(logs, "openhab.log"))
		if err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(string(log)) {
			if openHABComplains(line) {
				t.Errorf("openHAB complains: %s", line)
			}
		}
		if t.Failed() {
			t.Logf("openHAB said:\n%s%s", out.String(), log)
		}
	})
	h.await("items", func() bool {
		answer, err := http.Get(h.api + "/items/Llamad_Prompt")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	// Its parts come up one after the other.
	h.await("events", h.listen)
	return h
}

// configureOpenHAB writes the examples with the test's broker and topics, the item
// of the house that they read, and a morning that a test can have when it wants.
func configureOpenHAB(t *testing.T, conf string, broker *mosquittotest.Broker) {
	t.Helper()
	host, port, _ := strings.Cut(broker.Addr(), ":")
	write := func(name, text string) {
		path := filepath.Join(conf, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	example := func(kind string, replace ...string) {
		text, err := os.ReadFile(examples + "openhab/llamad." + kind)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(replace); i += 2 {
			if !bytes.Contains(text, []byte(replace[i])) {
				t.Fatalf("llamad.%s has no %q", kind, replace[i])
			}
		}
		write(kind+"/llamad."+kind, strings.NewReplacer(replace...).Replace(string(text)))
	}
	example("things", "llamad/raspberrypi/", base, `host="localhost"`, fmt.Sprintf(`host="%s", port=%s`, host, port))
	example("items")
	example("rules", `Time cron "0 0 7 * * ?"`, "Item Test_Morning received command")
	write("items/house.items", "Number Outdoor_Temperature\nSwitch Test_Morning\n")
	// Its suggestions of add-ons would look around in the network.
	write("services/addons.cfg", "binding = mqtt\ntransformation = jsonpath\nsuggestionFinderIp = false\nsuggestionFinderMdns = false\n"+
		"suggestionFinderSddp = false\nsuggestionFinderUpnp = false\nsuggestionFinderUsb = false\n")
	write("services/runtime.cfg", fmt.Sprintf("org.apache.karaf.shell:sshPort = %d\norg.openhab.lsp:port = %d\n", freePort(t), freePort(t)))
}

// openHABComplains tells a line of the log that is about what llamad or an example
// does. That this house has no text-to-speech service, that the machine is slow, that
// we ask before there is an answer and that an add-on comes at the second try is not.
func openHABComplains(line string) bool {
	if !strings.Contains(line, "[WARN ]") && !strings.Contains(line, "[ERROR]") ||
		strings.Contains(line, "VoiceManager") || strings.Contains(line, "takes more than") || strings.Contains(line, "ServletController") ||
		strings.Contains(line, "FeatureInstaller") {
		return false
	}
	for _, about := range []string{"llamad", "Llamad", "mqtt", "JSONPATH", "model.rule", "RuleEngine", "ScriptE"} {
		if strings.Contains(line, about) {
			return true
		}
	}
	return false
}

// await asks again until openHAB has what is asked for.
func (h *openHAB) await(what string, so func() bool) {
	h.t.Helper()
	for end := time.Now().Add(openHABStarts); !so(); time.Sleep(time.Second) {
		select {
		case <-h.exited:
			h.t.Fatalf("openHAB ended before it had %s", what)
		default:
		}
		if time.Now().After(end) {
			h.t.Fatalf("openHAB has no %s after %v", what, openHABStarts)
		}
	}
}

// listen keeps every event from now on, if there are events already.
func (h *openHAB) listen() bool {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.api+"/events", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return false
	}
	ended := make(chan struct{})
	h.t.Cleanup(func() { <-ended })
	go func() {
		defer close(ended)
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			data, found := strings.CutPrefix(lines.Text(), "data:")
			var e openHABEvent
			if !found || json.Unmarshal([]byte(data), &e) != nil || e.Topic == "" {
				continue
			}
			h.mu.Lock()
			h.events = append(h.events, e)
			h.mu.Unlock()
			select {
			case h.news <- struct{}{}:
			default:
			}
		}
	}()
	return true
}

// next makes a wait for an event that comes after this call.
func (h *openHAB) next(topic string) (wait func(found func(payload string) bool)) {
	h.mu.Lock()
	seen := len(h.events)
	h.mu.Unlock()
	return func(found func(payload string) bool) {
		h.t.Helper()
		var others []string
		for timeout := time.After(native.slow); ; {
			h.mu.Lock()
			fresh := h.events[seen:]
			seen += len(fresh)
			h.mu.Unlock()
			for _, e := range fresh {
				if e.Topic != "openhab/"+topic {
					continue
				}
				if found(e.Payload) {
					return
				}
				others = append(others, e.Payload)
			}
			select {
			case <-h.news:
			case <-timeout:
				h.t.Fatalf("openHAB has nothing as awaited on %s; there were %q", topic, others)
			}
		}
	}
}

// command does what a person does with an item.
func (h *openHAB) command(item, value string) {
	h.t.Helper()
	answer, err := http.Post(h.api+"/items/"+item, "text/plain", strings.NewReader(value))
	if err != nil {
		h.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		h.t.Fatalf("command %q to %s: %s", value, item, answer.Status)
	}
}

// state tells an item's new state in an event about it.
func state(is func(value string) bool) func(payload string) bool {
	return func(payload string) bool {
		var s struct{ Value string }
		return json.Unmarshal([]byte(payload), &s) == nil && is(s.Value)
	}
}

// status tells the new one in an event about a thing, which is a list of new and
// old, or about a rule.
func status(want string) func(payload string) bool {
	return func(payload string) bool {
		var one struct{ Status string }
		var list []struct{ Status string }
		if json.Unmarshal([]byte(payload), &list) == nil && len(list) > 0 {
			one = list[0]
		} else if json.Unmarshal([]byte(payload), &one) != nil {
			return false
		}
		return one.Status == want
	}
}
