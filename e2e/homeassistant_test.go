package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// What Home Assistant asks of an announcement, from its documentation of MQTT
// discovery and its schema of each platform: the keys without which it refuses an
// entity, and what limits their values.
var (
	requiredKeys = map[string][]string{
		"sensor":        {"state_topic"},
		"binary_sensor": {"state_topic"},
		"event":         {"state_topic", "event_types"},
		"notify":        {"command_topic"},
		"text":          {"command_topic"},
		"button":        {"command_topic"},
	}
	discoveryID  = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
	entityID     = regexp.MustCompile(`^[a-z_]+\.[a-z0-9_]+$`)
	topicKey     = regexp.MustCompile(`_topic$`)
	announcement = regexp.MustCompile(`^homeassistant/([a-z_]+)/([^/]+)/([^/]+)/config$`)
)

// announcedEntities checks every announcement and gives back the entities, by
// platform and name.
func announcedEntities(t *testing.T, messages []mosquittotest.Message) map[string]object {
	t.Helper()
	entities, ids := map[string]object{}, map[string]bool{}
	add := func(platform string, root, config object) {
		name := fmt.Sprintf("%s %v", platform, config["name"])
		for _, key := range append([]string{"unique_id", "name", "default_entity_id"}, requiredKeys[platform]...) {
			if config[key] == nil {
				t.Errorf("%s has no %s", name, key)
			}
		}
		if requiredKeys[platform] == nil {
			t.Errorf("%s is of an unknown platform", name)
		}
		for key, value := range config {
			if topicKey.MatchString(key) && !strings.HasPrefix(value.(string), base) {
				t.Errorf("%s: %s is %q, want it below %s", name, key, value, base)
			}
		}
		if config["object_id"] != nil {
			t.Errorf("%s has an object_id, which Home Assistant dropped", name)
		}
		id, _ := config["default_entity_id"].(string)
		unique, _ := config["unique_id"].(string)
		if !entityID.MatchString(id) || !strings.HasPrefix(id, platform+".") || ids[id] || ids[unique] {
			t.Errorf("%s: default_entity_id %q, unique_id %q", name, id, unique)
		}
		ids[id], ids[unique] = true, true
		if platform == "text" && (config["max"] == nil || config["max"].(float64) > 255) {
			t.Errorf("%s: max is %v, Home Assistant allows 255", name, config["max"])
		}
		if strings.HasPrefix(fmt.Sprint(config["command_topic"]), base+"prompt") && (config["command_topic"] != base+"prompt/homeassistant" || config["qos"] != 1.0) {
			t.Errorf("%s prompts on %v with QoS %v", name, config["command_topic"], config["qos"])
		}
		if root["availability_topic"] != base+"state" {
			t.Errorf("%s: its availability is on %v", name, root["availability_topic"])
		}
		device, _ := root["device"].(map[string]any)
		origin, _ := root["origin"].(map[string]any)
		if list, _ := device["identifiers"].([]any); len(list) == 0 || device["name"] == nil || origin["name"] == nil {
			t.Errorf("%s: device %v, origin %v", name, device, origin)
		}
		entities[name] = config
	}
	for _, m := range messages {
		parts := announcement.FindStringSubmatch(m.Topic)
		if parts == nil || !m.Retained {
			t.Errorf("%s, retained %t, is no announcement", m.Topic, m.Retained)
			continue
		}
		for _, part := range parts[1:] {
			if part != "" && !discoveryID.MatchString(part) {
				t.Errorf("%s: Home Assistant does not take %q", m.Topic, part)
			}
		}
		var root object
		if err := json.Unmarshal([]byte(m.Payload), &root); err != nil {
			t.Fatalf("%s: %v", m.Topic, err)
		}
		if parts[1] != "device" {
			add(parts[1], root, root)
			continue
		}
		components, _ := root["components"].(map[string]any)
		for key, c := range components {
			config := object(c.(map[string]any))
			platform, _ := config["platform"].(string)
			if !discoveryID.MatchString(key) || platform == "" {
				t.Errorf("component %q, platform %q", key, platform)
			}
			add(platform, root, config)
		}
	}
	return entities
}

// retainedBelow is what somebody who comes now is told.
func retainedBelow(t *testing.T, broker *mosquittotest.Broker, prefix string) []mosquittotest.Message {
	t.Helper()
	return retainedBelowAs(t, broker.URL(), prefix)
}

func retainedBelowAs(t *testing.T, url, prefix string) (list []mosquittotest.Message) {
	t.Helper()
	c := mosquittotest.Listen(t, url, prefix+"/#")
	c.Publish(prefix+"/end", 1, false, "")
	c.Next(prefix + "/end")
	for _, m := range c.On("") {
		if m.Retained {
			list = append(list, m)
		}
	}
	return list
}

// settled waits until as many announcements stand as there should: what is not
// announced any more is looked for while prompts are answered already.
func settled(t *testing.T, url string, want int) []mosquittotest.Message {
	t.Helper()
	for end := time.Now().Add(native.slow); ; time.Sleep(100 * time.Millisecond) {
		list := retainedBelowAs(t, url, "homeassistant")
		if len(list) == want {
			return list
		}
		if time.Now().After(end) {
			t.Fatalf("%d announcements, want %d: %v", len(list), want, list)
		}
	}
}

// The device stands in Home Assistant's topics as long as it is wanted there.
func TestHomeAssistantAnnouncements(t *testing.T) {
	broker := mosquittotest.Start(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "llamad.toml")
	configure := func(mode string) {
		text := fmt.Sprintf("[mqtt]\nbroker = %q\nnode = \"test\"\ndiscovery = %q\n[model]\npath = %q\n", broker.URL(), mode, smolLM2(t))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := dial(t, broker)
	online := 0
	start := func(mode string) *daemon {
		configure(mode)
		d := serveWith(t, native, path, dir)
		online++
		c.until("state", native.slow, func() func([]byte) bool {
			n := 0
			return func(p []byte) bool {
				if string(p) == "online" {
					n++
				}
				return n == online
			}
		}())
		return d
	}
	var whole map[string]object
	for _, mode := range []string{"device", "component"} {
		d := start(mode)
		got := announcedEntities(t, settled(t, broker.URL(), map[string]int{"device": 1, "component": 11}[mode]))
		for _, want := range []string{"notify Prompt", "text Prompt", "sensor Last answer", "event Answer", "binary_sensor Busy", "button Cancel",
			"sensor Speed", "sensor Queue", "sensor Memory", "sensor Temperature", "binary_sensor Throttled"} {
			if got[want] == nil {
				t.Errorf("%s: no %s", mode, want)
			}
		}
		for name, config := range got {
			diagnostic := map[string]bool{"sensor Speed": true, "sensor Queue": true, "sensor Memory": true, "sensor Temperature": true, "binary_sensor Throttled": true}[name]
			if (config["entity_category"] == "diagnostic") != diagnostic {
				t.Errorf("%s: the category of %s is %v", mode, name, config["entity_category"])
			}
			if diagnostic && strings.HasPrefix(name, "sensor") && (config["unit_of_measurement"] == nil || config["state_class"] != "measurement") {
				t.Errorf("%s: %s has unit %v and class %v", mode, name, config["unit_of_measurement"], config["state_class"])
			}
			if hidden := config["enabled_by_default"] == false; hidden != (name == "sensor Temperature" || name == "binary_sensor Throttled") {
				t.Errorf("%s: %s is hidden: %t", mode, name, hidden)
			}
		}
		if mode == "device" {
			whole = got
		} else if len(whole) != len(got) {
			t.Errorf("%d entities in one message, %d in several", len(whole), len(got))
		}
		d.stop(syscall.SIGTERM)
	}

	d := start("device")
	c.publish("prompt/homeassistant", 1, "Say hello.")
	c.until("last", native.slow, func(p []byte) bool {
		var last struct{ Short, Text string }
		return json.Unmarshal(p, &last) == nil && last.Text != "" && len([]rune(last.Short)) <= 250
	})
	d.stop(syscall.SIGTERM)
	r := native.run(t, "", "ha-remove", "--config", path)
	if r.code != 0 || !strings.Contains(r.stdout, "removed llamad test") || r.stderr != "" {
		t.Errorf("ha-remove: %+v", r)
	}
	if left := retainedBelow(t, broker, "homeassistant"); len(left) != 0 {
		t.Errorf("ha-remove left %v", left)
	}

	start("device").stop(syscall.SIGTERM)
	start("off")
	settled(t, broker.URL(), 0)
}
