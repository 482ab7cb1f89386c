package config

import (
	"reflect"
	"slices"
)

// Section is a table of the file with its keys.
type Section struct {
	Name string // "mqtt", "mqtt.tls", "client.NAME"
	Text string // one line on what it is for
	Keys []Key
}

// Sections is the whole table of keys, in the order of the example file.
func Sections() []Section {
	var out []Section
	for _, s := range sections {
		out = append(out, Section{s.name, s.text, keysOf(s.rows)})
		if s.name == "generate" {
			out = append(out, Section{"client.NAME", clientText, keysOf(clientRows)})
		}
	}
	return out
}

const clientText = "Defaults for prompts on the topic prompt/NAME: what is left out is taken from [generate]."

func keysOf[S any](rows []row[S]) []Key {
	keys := make([]Key, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	return keys
}

type section struct {
	name, text string
	rows       []row[Config]
}

// sections is the table, but for [client.NAME], which may stand any number of
// times and so has no place of its own in a Config.
var sections = []section{
	{"model", "Which model is served.",
		lift(func(c *Config) *Model { return &c.Model }, modelRows)},
	{"memory", "How much memory it may take.",
		lift(func(c *Config) *Memory { return &c.Memory }, memoryRows)},
	{"generate", "Defaults for what a prompt leaves open.",
		lift(func(c *Config) *Request { return &c.Generate }, requestRows)},
	{"mqtt", "Where prompts come from.",
		lift(func(c *Config) *MQTT { return &c.MQTT }, mqttRows)},
	{"mqtt.tls", "Files of an encrypted connection, for a broker at mqtts:// or wss://.",
		lift(func(c *Config) *TLS { return &c.MQTT.TLS }, tlsRows)},
	{"broker", "A broker of its own, for a machine that has none.",
		lift(func(c *Config) *Broker { return &c.Broker }, brokerRows)},
	{"log", "What is written to the journal.",
		lift(func(c *Config) *Log { return &c.Log }, logRows)},
}

// find is the row of a key given as "section.key".
func find(name string) (*row[Config], bool) {
	for i := range sections {
		s := &sections[i]
		for j := range s.rows {
			if s.name+"."+s.rows[j].Name == name {
				return &s.rows[j], true
			}
		}
	}
	return nil, false
}

func findClient(name string) (*row[Client], bool) {
	i := slices.IndexFunc(clientRows, func(r row[Client]) bool { return r.Name == name })
	if i < 0 {
		return nil, false
	}
	return &clientRows[i], true
}

func isSection(name string) bool {
	return name == "client" || slices.ContainsFunc(sections, func(s section) bool { return s.name == name })
}

// Changes lists the keys in which two configurations differ: those a reload
// applies, and those that need a restart.
func Changes(from, to *Config) (live, restart []string) {
	for _, s := range sections {
		for _, r := range s.rows {
			if reflect.DeepEqual(r.get(from), r.get(to)) {
				continue
			}
			if r.Live {
				live = append(live, s.name+"."+r.Name)
			} else {
				restart = append(restart, s.name+"."+r.Name)
			}
		}
	}
	if !reflect.DeepEqual(from.Clients, to.Clients) {
		live = append(live, "client")
	}
	return live, restart
}
