//go:build hubs

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

const (
	hubStarts = 3 * time.Minute // the first time it also compiles itself
	hubEnds   = time.Minute
)

// homeAssistant is a real Home Assistant.
type homeAssistant struct {
	t      *testing.T
	dir    string // its configuration
	port   int
	token  string // of its owner
	cmd    *exec.Cmd
	exited chan struct{}
	log    bytes.Buffer // whole once it has ended
	*hubAPI
}

// startHomeAssistant runs one with the configuration of testdata and the examples,
// and tells it of the broker. It is stopped when the test ends, and must have had
// nothing to complain of.
func startHomeAssistant(t *testing.T, broker *mosquittotest.Broker) *homeAssistant {
	t.Helper()
	h := &homeAssistant{t: t, dir: t.TempDir(), port: freePort(t)}
	h.configure()
	t.Cleanup(func() {
		h.stop(syscall.SIGKILL)
		for line := range strings.Lines(h.log.String()) {
			if complains(line) {
				t.Errorf("Home Assistant complains: %s", line)
			}
		}
		if t.Failed() {
			t.Logf("Home Assistant said:\n%s", h.log.String())
		}
	})
	h.start()
	h.connectTo(broker)
	return h
}

// complains tells a line of the log that is about what llamad or an example does.
// That a broker is away is no complaint, nor that a device has been let go of before
// its announcement is removed.
func complains(line string) bool {
	if !strings.Contains(line, " WARNING ") && !strings.Contains(line, " ERROR ") ||
		strings.Contains(line, "[homeassistant.components.mqtt.client]") || strings.Contains(line, "No device components to cleanup") {
		return false
	}
	for _, logger := range []string{"config", "setup", "components.mqtt", "components.automation", "components.script", "components.blueprint",
		"helpers.script", "helpers.template"} {
		if strings.Contains(line, "[homeassistant."+logger) {
			return true
		}
	}
	return false
}

// configure writes the configuration: that of testdata, the blueprint where its
// head says, and the automations as they are.
func (h *homeAssistant) configure() {
	h.t.Helper()
	if err := os.CopyFS(h.dir, os.DirFS("testdata/home-assistant")); err != nil {
		h.t.Fatal(err)
	}
	files, err := filepath.Glob(examples + "home-assistant/*.yaml")
	if err != nil || len(files) == 0 {
		h.t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		to := filepath.Join(h.dir, "automations")
		if filepath.Base(file) == "ask_llamad.yaml" {
			to = filepath.Join(h.dir, "blueprints", "script", "llamad")
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.MkdirAll(to, 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o644)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *homeAssistant) url() string { return fmt.Sprintf("http://127.0.0.1:%d", h.port) }

// start runs Home Assistant on its configuration until it is up.
func (h *homeAssistant) start() {
	h.t.Helper()
	h.cmd = exec.Command("./home-assistant", h.dir)
	h.cmd.Env = append(os.Environ(), fmt.Sprintf("LLAMAD_TEST_PORT=%d", h.port))
	h.cmd.Stdout, h.cmd.Stderr = &h.log, &h.log
	h.cmd.WaitDelay = hubEnds
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(h.cmd, h.exited)
	end := time.Now().Add(hubStarts)
	for {
		answer, err := hubClient.Get(h.url() + "/api/onboarding")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				break
			}
		}
		select {
		case <-h.exited:
			h.t.Fatal("Home Assistant ended at its start")
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(end) {
			h.t.Fatalf("Home Assistant does not answer after %v: %v", hubStarts, err)
		}
	}
	if h.token == "" {
		h.onboard()
	}
	h.listen()
	for {
		var config struct{ State string }
		h.ask(object{"type": "get_config"}, &config)
		if config.State == "RUNNING" {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("Home Assistant is %s after %v", config.State, hubStarts)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// stop ends Home Assistant; a second stop does nothing.
func (h *homeAssistant) stop(signal syscall.Signal) {
	if h.cmd == nil || h.cmd.Process == nil {
		return
	}
	if h.hubAPI != nil {
		h.conn.Close()
		<-h.closed
	}
	_ = h.cmd.Process.Signal(signal)
	select {
	case <-h.exited:
	case <-time.After(hubEnds):
		h.t.Errorf("Home Assistant does not end within %v", hubEnds)
		_ = h.cmd.Process.Kill()
		<-h.exited
	}
	h.cmd = nil
}

// onboard makes the owner's account, which a new Home Assistant asks for.
func (h *homeAssistant) onboard() {
	h.t.Helper()
	client := h.url() + "/"
	var made struct {
		Code string `json:"auth_code"`
	}
	h.post("/api/onboarding/users", object{"client_id": client, "name": "Owner", "username": "owner", "password": "owner", "language": "en"}, &made)
	answer, err := hubClient.PostForm(h.url()+"/auth/token", url.Values{"grant_type": {"authorization_code"}, "code": {made.Code}, "client_id": {client}})
	var granted struct {
		Token string `json:"access_token"`
	}
	h.read("/auth/token", answer, err, &granted)
	h.token = granted.Token
}

// connectTo fills in the form for a broker.
func (h *homeAssistant) connectTo(broker *mosquittotest.Broker) {
	h.t.Helper()
	var form struct {
		ID     string `json:"flow_id"`
		Step   string `json:"step_id"`
		Type   string
		Errors object
	}
	h.post("/api/config/config_entries/flow", object{"handler": "mqtt"}, &form)
	host, port, err := net.SplitHostPort(broker.Addr())
	if err != nil {
		h.t.Fatal(err)
	}
	h.post("/api/config/config_entries/flow/"+form.ID, object{"broker": host, "port": json.Number(port)}, &form)
	if form.Type != "create_entry" {
		h.t.Fatalf("Home Assistant does not take the broker: %+v", form)
	}
}
