package config

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// relations checks what several keys say together, and fills in what follows
// from others.
func (l *loader) relations() {
	c := l.config
	if c.Model.Path != "" && c.Model.Name != "" {
		l.refuse(l.at("model.name").problem("stands beside model.path, expected one of the two", "remove one"))
	}
	if c.MQTT.Node == "" { // an empty one in the file
		c.MQTT.Node = hostNode()
	}
	if c.MQTT.Group == c.MQTT.Node {
		l.refuse(l.at("mqtt.group").problem(fmt.Sprintf("%q is this node's name too", c.MQTT.Group), "give one of mqtt.group and mqtt.node another name: their topics would be the same"))
	}
	l.connection()
	l.responseTopics()
}

// connection checks the keys that say how the broker is reached.
func (l *loader) connection() {
	m := &l.config.MQTT
	if _, set := l.origin["mqtt.broker"]; !set && l.config.Broker.Enabled {
		m.Broker = fmt.Sprintf("mqtt://127.0.0.1:%d", l.config.Broker.Port)
	}
	u, err := url.Parse(m.Broker)
	if err != nil || m.Broker == "" {
		l.refuse(l.at("mqtt.broker").problem("is empty, expected an address", "remove the key for mqtt://localhost:1883"))
		return
	}
	encrypted := brokerSchemes[u.Scheme]
	for _, f := range []struct{ key, value string }{{"ca", m.TLS.CA}, {"cert", m.TLS.Cert}, {"key", m.TLS.Key}} {
		if f.value != "" && !encrypted {
			l.refuse(l.at("mqtt.tls."+f.key).problem("is set, but the connection to "+m.Broker+" is not encrypted", "use mqtts:// in mqtt.broker"))
			break
		}
	}
	if (m.TLS.Cert == "") != (m.TLS.Key == "") {
		l.refuse(l.at("mqtt.tls.cert").problem("mqtt.tls.cert and mqtt.tls.key go together, expected both or none", ""))
	}
	if m.Password.IsSet() && m.Username == "" {
		l.refuse(l.at("mqtt.password").problem("there is a password but no mqtt.username, which MQTT does not allow", "set mqtt.username"))
	}
}

// responseTopics keeps answers out of the topics that prompts come in on, and
// clients within what is allowed to every request.
func (l *loader) responseTopics() {
	m := &l.config.MQTT
	for _, t := range m.ResponseTopics {
		for _, taken := range []string{m.Prefix, m.DiscoveryPrefix} {
			if isBelow(t, taken) {
				l.refuse(l.at("mqtt.response_topics").problem(fmt.Sprintf("%q lies in %s/..., where an answer could become a prompt or configure a hub", t, taken), "choose a topic outside of it"))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.config.Clients)) {
		client, section := l.config.Clients[name], "client."+name
		if t := client.ResponseTopic; t != "" && !slices.ContainsFunc(m.ResponseTopics, func(allowed string) bool { return isBelow(t, allowed) }) {
			l.refuse(l.at(section+".response_topic").problem(fmt.Sprintf("%q is not below any of mqtt.response_topics", t), fmt.Sprintf("add %q to mqtt.response_topics", t)))
		}
		if client.Raw && !m.Raw {
			l.refuse(l.at(section+".raw").problem("is true, but mqtt.raw is not", "set mqtt.raw = true to allow prompts with control tokens"))
		}
	}
}

// isBelow says whether topic is root or lies below it.
func isBelow(topic, root string) bool {
	root = strings.TrimSuffix(root, "/")
	return topic == root || strings.HasPrefix(topic, root+"/")
}
