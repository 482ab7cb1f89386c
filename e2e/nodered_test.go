//go:build hubs

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// nodeREDVersion runs on the Node.js that Debian and Raspberry Pi OS have, 18 and 20.
const nodeREDVersion = "4.0.9"

// Every button of the Node-RED example is pressed in a real Node-RED, and what
// its debug node then shows is the daemon's answer.
func TestHubNodeRED(t *testing.T) {
	t.Parallel()
	program := installNodeRED(t)
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL())
	c := dial(t, broker)
	c.waitOnline(native.slow)
	flow := nodeREDFlow(t, broker)
	admin := startNodeRED(t, program, flow)
	c.until("hub", native.slow, func(p []byte) bool { return string(p) == "connected" })

	buttons := 0
	for _, node := range flow {
		if node["type"] != "inject" {
			continue
		}
		buttons++
		part := strings.TrimSuffix(node["id"].(string), "in")
		press(t, admin+"/inject/"+part+"in")
		var a answer
		c.until(strings.TrimPrefix(topicOf(t, flow, part+"answer"), base), native.slow, func(p []byte) bool {
			return json.Unmarshal(p, &a) == nil
		})
		if a.Status != "ok" || a.Warnings != nil {
			t.Errorf("%s is answered with %+v", part, a)
			continue
		}
		var shown string
		c.until("shown/"+part+"show", native.slow, func(p []byte) bool { shown = string(p); return true })
		unsure := a.Scores != nil && shown == "nothing"
		if shown == "" || shown != a.Text && !unsure {
			t.Errorf("%s shows %q of the answer %q", part, shown, a.Text)
		}
	}
	if buttons != 5 {
		t.Errorf("the flow has %d buttons", buttons)
	}
}

// installNodeRED is the path of Node-RED, which is downloaded once and kept.
func installNodeRED(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	all := filepath.Join(cache, "llamad", "node-red")
	dir := filepath.Join(all, nodeREDVersion)
	program := filepath.Join(dir, "node_modules", ".bin", "node-red")
	if _, err := os.Stat(program); err == nil {
		return program
	}
	if err := os.MkdirAll(all, 0o755); err != nil {
		t.Fatal(err)
	}
	// Half an installation must not be taken for one the next time.
	half, err := os.MkdirTemp(all, "half")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(half)
	npm := exec.Command("npm", "install", "--prefix", half, "--ignore-scripts", "--no-audit", "--no-fund",
		"--no-update-notifier", "node-red@"+nodeREDVersion)
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v (is npm there? apt-get install npm)\n%s", err, out)
	}
	if err := os.Rename(half, dir); err != nil {
		t.Fatal(err)
	}
	return program
}

// nodeREDFlow is the example with the test's broker and topics. It says when it
// is connected, and what a debug node shows is published too.
func nodeREDFlow(t *testing.T, broker *mosquittotest.Broker) (flow []object) {
	t.Helper()
	text, err := os.ReadFile(examples + "node-red/llamad.json")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("llamad/raspberrypi/"), []byte(base))
	if err := json.Unmarshal(text, &flow); err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(broker.Addr(), ":")
	for _, node := range flow {
		if node["type"] == "mqtt-broker" {
			node["broker"], node["port"] = host, port
			// Sent after the subscriptions, so that no answer is missed.
			node["birthTopic"], node["birthPayload"], node["birthQos"] = base+"hub", "connected", "1"
		}
		wires, _ := node["wires"].([]any)
		for i, wire := range wires {
			for _, to := range wire.([]any) {
				if id := to.(string); strings.HasSuffix(id, "show") {
					wires[i] = append(wires[i].([]any), id+"-too")
					flow = append(flow, object{"id": id + "-too", "type": "mqtt out", "z": node["z"], "broker": "house-broker",
						"topic": base + "shown/" + id, "qos": "1", "wires": []any{}})
				}
			}
		}
	}
	return flow
}

func topicOf(t *testing.T, flow []object, id string) string {
	t.Helper()
	for _, node := range flow {
		if node["id"] == id {
			return node["topic"].(string)
		}
	}
	t.Fatalf("the flow has no node %s", id)
	return ""
}

// startNodeRED runs a flow without an editor and gives the address of its
// administration. At the end of the test it must have had nothing to complain of.
func startNodeRED(t *testing.T, program string, flow []object) (admin string) {
	t.Helper()
	dir := t.TempDir()
	port := freePort(t)
	settings := fmt.Sprintf(`module.exports = {uiHost: "127.0.0.1", uiPort: %d, flowFile: "flows.json",
		disableEditor: true, credentialSecret: false, telemetry: {enabled: false, updateNotification: false},
		externalModules: {autoInstall: false, palette: {allowInstall: false}}}`, port)
	flows, err := json.Marshal(flow)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"settings.js": []byte(settings), "flows.json": flows} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, "--userDir", dir, "--settings", filepath.Join(dir, "settings.js"))
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Wait() // the test's end has cancelled it
		// A warning that names a node is about the flow, the others are about settings.
		for _, complaint := range []string{"[error]", "[warn] ["} {
			if strings.Contains(log.String(), complaint) {
				t.Errorf("Node-RED complains: %s", complaint)
			}
		}
		if t.Failed() {
			t.Logf("Node-RED said:\n%s", log.String())
		}
	})
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}

// press does what a click on the button of an inject node does.
func press(t *testing.T, url string) {
	t.Helper()
	// The flow may be connected before the administration listens.
	for end := time.Now().Add(native.slow); ; time.Sleep(100 * time.Millisecond) {
		answer, err := http.Post(url, "application/json", nil)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Fatalf("POST %s: %s", url, answer.Status)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}
