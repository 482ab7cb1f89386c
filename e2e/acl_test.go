package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// A broker that lets in nobody without a password, with the access list that is
// packaged: everything works, nobody else is bothered, and llamad's user can do no
// more than it needs.
func TestAccessList(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ours, err := os.ReadFile("../packaging/mosquitto/llamad.acl")
	if err != nil {
		t.Fatal(err)
	}
	passwords := file("passwords", "hub:hub-secret\nllamad:llamad-secret\n")
	if out, err := exec.Command("mosquitto_passwd", "-U", passwords).CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	broker := mosquittotest.Start(t, "allow_anonymous false", "password_file "+passwords,
		"acl_file "+file("acl", "user hub\ntopic readwrite #\n\n"+string(ours)))
	as := func(user string) string { return fmt.Sprintf("mqtt://%s:%s-secret@%s", user, user, broker.Addr()) }
	hub := mosquittotest.Listen(t, as("hub"), "#")

	// What a hub with a hundred devices keeps, and what must never be ours.
	devices := strings.Repeat("zigbee ", 200_000/7)
	hub.Publish("zigbee2mqtt/bridge/devices", 1, true, devices)

	config := file("llamad.toml", fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"test\"\nusername = \"llamad\"\npassword = \"llamad-secret\"\nresponse_topics = [\"home/kitchen\"]\n[model]\npath = %q\n", broker.URL(), smolLM2(t)))
	serveWith(t, native, config, dir)
	hub.Next(base + "info")
	for hub.Last(base+"state") != "online" {
		time.Sleep(20 * time.Millisecond)
	}
	hub.Publish(base+"prompt/kitchen", 1, false, `{"prompt":"Say hello.","max_tokens":4}`)
	if m := hub.Next(base + "response/kitchen"); !strings.Contains(m.Payload, `"status":"ok"`) {
		t.Errorf("answer %s", m.Payload)
	}
	announced := settled(t, as("hub"), 1)
	if len(announcedEntities(t, announced)) != 11 {
		t.Errorf("announced: %v", announced)
	}
	seen := len(hub.On(announced[0].Topic))
	hub.Publish("homeassistant/status", 0, false, "online")
	for end := time.Now().Add(10 * time.Second); len(hub.On(announced[0].Topic)) == seen; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("Home Assistant's birth was not seen")
		}
	}

	intruder := mosquittotest.Listen(t, as("llamad"), "#")
	for _, topic := range []string{"zigbee2mqtt/lamp/set", "homeassistant/device/other/config", "homeassistant/status", "home/kitchen/tts"} {
		intruder.Publish(topic, 1, false, "by llamad's user")
	}
	intruder.Publish("llamad/end", 1, false, "")
	hub.Next("llamad/end")
	for _, m := range hub.On("") {
		if m.Payload == "by llamad's user" {
			t.Errorf("llamad's user may write to %s", m.Topic)
		}
	}
	for _, m := range intruder.On("") {
		if !strings.HasPrefix(m.Topic, "llamad/") && !strings.HasPrefix(m.Topic, "homeassistant/") {
			t.Errorf("llamad's user may read %s", m.Topic)
		}
	}
	if late := mosquittotest.Listen(t, as("hub"), "zigbee2mqtt/#"); late.Next("zigbee2mqtt/bridge/devices").Payload != devices {
		t.Error("a large message of somebody else's does not pass whole")
	}
}

// The packaged lines limit nobody.
func TestAccessListHasNoLimits(t *testing.T) {
	ours, err := os.ReadFile("../packaging/mosquitto/llamad.acl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(ours) {
		if line := strings.TrimSpace(string(line)); line != "" && line[0] != '#' && !strings.HasPrefix(line, "topic ") && line != "user llamad" {
			t.Errorf("%q is no line of an access list for llamad alone", line)
		}
	}
}
