// Package broker is an MQTT broker inside the process, for a demonstration and
// for a machine that has none. It is mochi-mqtt behind a door that only this
// machine can use.
//
// It keeps sessions and retained messages in memory: what waits in it is gone
// when the process ends. Whoever needs more runs mosquitto.
package broker

import (
	"fmt"
	"log/slog"
	"net"
	"strconv"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// Options of a broker.
type Options struct {
	Port int          // on 127.0.0.1; 0 is any free one
	Log  *slog.Logger // nil is silent
}

// maxPacket bounds what a client may send, in bytes.
const maxPacket = 1 << 20

// Broker runs from Start to Close.
type Broker struct {
	server *mochi.Server
	addr   *net.TCPAddr
}

// Start listens on 127.0.0.1 and serves.
func Start(o Options) (*Broker, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("broker: %w: another broker may run there; set broker.port, or use that one (broker.enabled = false)", err)
	}
	capabilities := mochi.NewDefaultServerCapabilities()
	capabilities.MaximumPacketSize = maxPacket
	server := mochi.New(&mochi.Options{
		Capabilities:           capabilities,
		SysTopicResendInterval: 60, // its default of a second wakes an idle machine
		Logger:                 slog.New(quiet{o.Log.Handler()}),
	})
	if err := server.AddHook(&anybody{}, nil); err != nil {
		listener.Close()
		return nil, fmt.Errorf("broker: %w", err)
	}
	if err := server.AddListener(listeners.NewNet("loopback", listener)); err != nil {
		listener.Close()
		return nil, fmt.Errorf("broker: %w", err)
	}
	if err := server.Serve(); err != nil {
		listener.Close()
		return nil, fmt.Errorf("broker: %w", err)
	}
	return &Broker{server, listener.Addr().(*net.TCPAddr)}, nil
}

// URL is where clients on this machine find it: "mqtt://127.0.0.1:1883".
func (b *Broker) URL() string { return "mqtt://" + b.addr.String() }

// Port is the one it listens on.
func (b *Broker) Port() int { return b.addr.Port }

// Close disconnects everybody and stops.
func (b *Broker) Close() error { return b.server.Close() }

// anybody lets every program of this machine in, and write everywhere but below
// $SYS.
type anybody struct{ mochi.HookBase }

func (*anybody) ID() string { return "anybody" }

func (*anybody) Provides(event byte) bool {
	return event == mochi.OnConnectAuthenticate || event == mochi.OnACLCheck
}

func (*anybody) OnConnectAuthenticate(*mochi.Client, packets.Packet) bool { return true }

func (*anybody) OnACLCheck(_ *mochi.Client, topic string, write bool) bool {
	return !write || topic != "" && topic[0] != '$'
}
