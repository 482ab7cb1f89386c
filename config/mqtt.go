package config

import (
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MQTT says where prompts come from.
type MQTT struct {
	Broker          string // URL
	Node            string // never "" after Load: the host's name unless set
	Prefix          string
	Username        string
	Password        Secret // from wherever it was found
	PasswordFile    string
	ResponseTopics  []string // prefixes a response_topic may have
	MaxPacket       Size
	Queue           int
	MaxAge          time.Duration
	Raw             bool
	Group           string // "" is no pool
	Discovery       string // "device", "component" or "off"
	DiscoveryPrefix string
	TLS             TLS
}

// TLS names the files of an encrypted connection; all may be "".
type TLS struct{ CA, Cert, Key string }

var mqttRows = []row[MQTT]{
	textThat("broker", "mqtt://localhost:1883", "address of the broker; mqtts:// is encrypted",
		`an address such as "mqtt://localhost:1883", with mqtt, mqtts, ws or wss and without user and password, which have keys of their own`, isBroker,
		func(m *MQTT) *string { return &m.Broker }).hushed(), // someone may have put a password in it
	textThat("node", "", "this machine's name in the topics; empty is the host's name",
		"one level of a topic, at most 64 bytes, without / + # and $ in front", isLevel,
		func(m *MQTT) *string { return &m.Node }),
	textThat("prefix", "llamad", "what every topic begins with: <prefix>/<node>/prompt",
		"a topic without + # or $", isTopic,
		func(m *MQTT) *string { return &m.Prefix }),
	text("username", "", "user at the broker",
		func(m *MQTT) *string { return &m.Username }),
	secret("password", "password at the broker; better in password_file or a systemd credential",
		func(m *MQTT) *Secret { return &m.Password }),
	textThat("password_file", "", "file that holds the password",
		`an absolute path such as "/etc/llamad/password"`, isAbsolute,
		func(m *MQTT) *string { return &m.PasswordFile }),
	list("response_topics", "a request's response_topic must be one of these or below one",
		`a list of topics such as ["home/kitchen"], without + # or $ and not homeassistant`, 1, 64, isTopic,
		func(m *MQTT) *[]string { return &m.ResponseTopics }).live(),
	size("max_packet", "64KiB", "longest MQTT packet that is read; a longer prompt is answered with too_large", 1<<10, 16<<20,
		func(m *MQTT) *Size { return &m.MaxPacket }),
	whole("queue", 8, "prompts", "prompts that may wait; one more is answered with queue_full", 1, 16,
		func(m *MQTT) *int { return &m.Queue }),
	duration("max_age", "10m", "after an absence longer than this, prompts that piled up are answered with expired", time.Second, 7*24*time.Hour,
		func(m *MQTT) *time.Duration { return &m.MaxAge }),
	toggle("raw", false, "allow requests with raw, whose text may hold control tokens",
		func(m *MQTT) *bool { return &m.Raw }).live(),
	textThat("group", "", "pool of daemons that share the prompts of <prefix>/<group>/prompt",
		"one level of a topic, at most 64 bytes, without / + # and $ in front", isLevel,
		func(m *MQTT) *string { return &m.Group }),
	choice("discovery", "device", "how Home Assistant is told about this machine; component is for older openHAB", []string{"device", "component", "off"},
		func(m *MQTT) *string { return &m.Discovery }),
	textThat("discovery_prefix", "homeassistant", "where Home Assistant looks for it",
		"a topic without + # or $", func(s string) bool { return s == "homeassistant" || isTopic(s) },
		func(m *MQTT) *string { return &m.DiscoveryPrefix }),
}

var tlsRows = []row[TLS]{
	textThat("ca", "", "certificates to trust, PEM; empty trusts the system's", `an absolute path`, isAbsolute,
		func(t *TLS) *string { return &t.CA }),
	textThat("cert", "", "this client's certificate, PEM", `an absolute path`, isAbsolute,
		func(t *TLS) *string { return &t.Cert }),
	textThat("key", "", "its private key, PEM", `an absolute path`, isAbsolute,
		func(t *TLS) *string { return &t.Key }),
}

// brokerSchemes are the ways to reach a broker; true is encrypted.
var brokerSchemes = map[string]bool{
	"mqtt": false, "tcp": false, "ws": false,
	"mqtts": true, "ssl": true, "tls": true, "wss": true,
}

func isBroker(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Hostname() == "" || u.Fragment != "" {
		return false
	}
	_, known := brokerSchemes[u.Scheme]
	web := u.Scheme == "ws" || u.Scheme == "wss" // the only ones with a path
	return known && (web || strings.Trim(u.Path, "/") == "" && u.RawQuery == "")
}

// hostNode is the host's name as a topic level, as much of it as may be one.
func hostNode() string {
	name, _ := os.Hostname()
	name, _, _ = strings.Cut(name, ".")
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("/+#$", r) || unicode.IsControl(r) || r == utf8.RuneError {
			return '-'
		}
		return r
	}, name)
	if !isLevel(name) {
		return "llamad"
	}
	return name
}

func isPrintable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
