package mqtt

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Discovery is how Home Assistant, and whoever else reads its announcements, is
// told about us: one retained message describes the device with all of its
// entities, and nothing has to be configured there.
type Discovery string

const (
	DiscoverDevice     Discovery = "device"    // one message; Home Assistant from 2024.12
	DiscoverComponents Discovery = "component" // one message an entity, for what is older, openHAB before 5.2 among it
	DiscoverNothing    Discovery = "off"       // none, and those of earlier are removed
)

// birthTopic is where Home Assistant says that it is there, whatever its prefix
// for announcements.
const birthTopic = "homeassistant/status"

// announcer words what is announced. The instance makes its topics and ids, so
// that a machine that gets another name stays the same device.
type announcer struct {
	prefix   string // "homeassistant"
	instance string
	version  string
	tree     tree
	name     string // the device's, "llamad pi4"
}

func (s *Service) announcer() announcer {
	return announcer{s.o.DiscoveryPrefix, s.o.Instance, s.o.Version, *s.tree.Load(), "llamad " + s.Node()}
}

// checkDiscovery refuses what cannot be announced: Home Assistant takes ids of
// letters, digits, _ and - only.
func (o *Options) checkDiscovery() error {
	switch o.Discovery {
	case "", DiscoverNothing, DiscoverDevice, DiscoverComponents:
	default:
		return fmt.Errorf("mqtt.discovery: %q: expected device, component or off", o.Discovery)
	}
	if o.DiscoveryPrefix == "" {
		return nil // nothing is announced
	}
	if !isDiscoveryID(o.Instance) {
		return fmt.Errorf("mqtt: instance %q: expected letters and digits", o.Instance)
	}
	if err := checkTopic(o.DiscoveryPrefix); err != nil {
		return fmt.Errorf("mqtt.discovery_prefix: %q %w", o.DiscoveryPrefix, err)
	}
	return nil
}

func isDiscoveryID(s string) bool { return isID(s) && !strings.ContainsAny(s, ".:") }

func (o *Options) announces() bool {
	return o.DiscoveryPrefix != "" && (o.Discovery == DiscoverDevice || o.Discovery == DiscoverComponents)
}

// announcements are the messages that describe us.
func (s *Service) announcements() []*outgoing {
	if !s.o.announces() {
		return nil
	}
	if s.o.Discovery == DiscoverDevice {
		return []*outgoing{s.announcer().whole()}
	}
	return s.announcer().parts()
}

// whole is the one message for the whole device.
func (a announcer) whole() *outgoing {
	components := map[string]any{}
	for _, e := range a.entities() {
		components[e.key] = e.config
	}
	root := a.shared()
	root["components"] = components
	return a.message("device", a.instance, root)
}

// parts are the messages with one entity each.
func (a announcer) parts() (list []*outgoing) {
	for _, e := range a.entities() {
		config := a.shared()
		maps.Copy(config, e.config)
		delete(config, "platform") // the topic says it
		list = append(list, a.message(e.platform, a.instance+"_"+e.key, config))
	}
	return list
}

// message is one announcement. All of them have a level "llamad", so that one line
// of a broker's access list allows them and no others.
func (a announcer) message(platform, id string, config map[string]any) *outgoing {
	return &outgoing{topic: a.prefix + "/" + platform + "/llamad/" + id + "/config", payload: encode(config), qos: 1, retained: true, standing: true, class: notice}
}

// shared is what holds for every entity.
func (a announcer) shared() map[string]any {
	return map[string]any{
		"device": map[string]any{
			"identifiers":  []string{"llamad_" + a.instance},
			"name":         a.name,
			"manufacturer": "llamad",
			"model":        "Language model over MQTT",
			"sw_version":   a.version,
		},
		"origin":                map[string]any{"name": "llamad", "sw_version": a.version},
		"availability_topic":    a.tree.topic(topicState, ""),
		"payload_available":     stateOnline,
		"payload_not_available": stateOffline,
	}
}

// born is called when Home Assistant says that it is there: it asks devices to
// announce themselves then, and to repeat what they are.
func (s *Service) born() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.standingNow() {
		s.send(x)
	}
}

// awaitBirth subscribes to Home Assistant's birth. A broker that does not let us
// read it costs no more than that.
func (l *link) awaitBirth() error {
	if !l.s.o.announces() {
		return nil
	}
	_, err := l.subscribe(subscription{birthTopic, 0})
	var refused *refusedError
	if errors.As(err, &refused) {
		l.s.o.Log.Warn("Home Assistant's restarts are not seen", "err", err, "cure", "let the broker's access list allow this user to read "+birthTopic)
		return nil
	}
	return err
}
