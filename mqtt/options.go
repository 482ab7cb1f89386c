package mqtt

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"
)

// Broker says where the broker is and who we are to it.
type Broker struct {
	URL      string // "mqtt://localhost:1883"; mqtts, ws and wss too
	Username string
	Password string
	TLS      TLS
}

// TLS names the files of an encrypted connection, PEM. All may be "": then the
// system's certificates are trusted and we show none.
type TLS struct{ CA, Cert, Key string }

// Options of a Service.
type Options struct {
	Broker   Broker
	ClientID string // 1 to 64 characters, the same at every start: the broker keeps our session under it
	Instance string // tells two daemons of one name apart

	Prefix, Node    string // topics begin with <prefix>/<node>
	Group           string // of a pool to join, "" is none
	Version         string // for those who look
	Discovery       Discovery
	DiscoveryPrefix string // where Home Assistant is configured; answers never go there
	MaxPacket       int    // bytes of a packet that is read, 0 is 64 KiB
	Policy          Policy

	MaxAge time.Duration // of prompts that wait while we are away, 0 is 10 minutes
	Seen   time.Time     // when this instance last was CaughtUp, zero where nobody knows

	// Prompt gets each message on a prompt topic, and Cancel which requests are to be
	// cancelled: those with an id or all, and of what a pool is told only those that
	// the pool was asked. They are called by the connection's reader and must not
	// wait for anything.
	Prompt func(*Message)
	Cancel func(is func(*Request) bool)

	Log *slog.Logger // nil is silent
	Now func() time.Time
}

const (
	defaultMaxPacket = 64 << 10
	defaultMaxAge    = 10 * time.Minute
)

// check fills in defaults and refuses what cannot work.
func (o *Options) check() error {
	if o.MaxPacket == 0 {
		o.MaxPacket = defaultMaxPacket
	}
	if o.MaxAge == 0 {
		o.MaxAge = defaultMaxAge
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Prompt == nil || o.Cancel == nil {
		return errors.New("mqtt: Options.Prompt and Options.Cancel are needed")
	}
	if !isID(o.ClientID) {
		return fmt.Errorf("mqtt: client id %q: expected 1 to 64 of the characters A-Z a-z 0-9 . _ : -", o.ClientID)
	}
	if err := checkTopic(o.Prefix); err != nil {
		return fmt.Errorf("mqtt.prefix: %q %w", o.Prefix, err)
	}
	if err := checkLevel(o.Node); err != nil {
		return fmt.Errorf("mqtt.node: %w", err)
	}
	if o.Group != "" {
		if err := checkLevel(o.Group); err != nil {
			return fmt.Errorf("mqtt.group: %w", err)
		}
		if o.Group == o.Node {
			return fmt.Errorf("mqtt.group: %q is this node's name too: give one of them another", o.Group)
		}
	}
	if err := o.checkDiscovery(); err != nil {
		return err
	}
	if err := o.Policy.check(o.reserved()); err != nil {
		return err
	}
	_, _, err := o.Broker.parse()
	return err
}

func (o *Options) reserved() []string { return reserved(o.Prefix, o.DiscoveryPrefix) }

// scheme says how a kind of address is reached.
type scheme struct {
	port      string
	encrypted bool
	web       bool // inside a WebSocket
}

var schemes = map[string]scheme{
	"mqtt": {port: "1883"}, "tcp": {port: "1883"},
	"mqtts": {port: "8883", encrypted: true}, "ssl": {port: "8883", encrypted: true}, "tls": {port: "8883", encrypted: true},
	"ws": {port: "80", web: true}, "wss": {port: "443", encrypted: true, web: true},
}

// parse checks the address and adds the port it leaves out.
func (b *Broker) parse() (*url.URL, scheme, error) {
	u, err := url.Parse(b.URL)
	if err != nil {
		// url.Error repeats the address, which may hold a password.
		return nil, scheme{}, errors.New(`mqtt.broker: not an address; expected one such as "mqtt://localhost:1883"`)
	}
	s, known := schemes[u.Scheme]
	if !known || u.Hostname() == "" {
		return nil, s, fmt.Errorf(`mqtt.broker: %q: expected an address such as "mqtt://localhost:1883", with mqtt, mqtts, ws or wss`, u.Redacted())
	}
	if u.User != nil {
		return nil, s, fmt.Errorf("mqtt.broker: %q holds a user: move it to mqtt.username and mqtt.password", u.Redacted())
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), s.port)
	}
	return u, s, nil
}

// loopback says whether what is sent stays on this machine.
func loopback(u *url.URL) bool {
	if u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

// Check says in advance why a connection could never work: a file of the TLS
// settings that is missing or makes no sense.
func (b *Broker) Check() error {
	u, s, err := b.parse()
	if err != nil || !s.encrypted {
		return err
	}
	_, err = b.TLS.config(u.Hostname())
	return err
}
