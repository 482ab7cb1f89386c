package mqtt

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// Inside a WebSocket everything is as without, encrypted or not. (A mosquitto that
// is bound to one address does not open one, so the broker is another.)
func TestWebSocket(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	cert, key := a.issue("server", "127.0.0.1", -time.Hour, time.Hour)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	for scheme, config := range map[string]*tls.Config{"ws": nil, "wss": {Certificates: []tls.Certificate{pair}}} {
		t.Run(scheme, func(t *testing.T) {
			h := &house{t: t, url: scheme + "://" + webBroker(t, config) + "/mqtt", pauses: soon}
			h.start(func(o *Options) { o.Broker.TLS = TLS{CA: a.file} })
			h.online()
			ask := Question{Broker: h.s.o.Broker, Prefix: "llamad", Node: "pi4", Payload: []byte(strings.Repeat("x", 200_000))}
			if got, err := Ask(t.Context(), ask); err != nil || got.Err == nil || got.Err.Code != TooLarge {
				t.Errorf("%+v, %v", got, err)
			}
			go func() { h.s.Reply(h.next(), reply("through a WebSocket")) }()
			ask.Payload = []byte("hello")
			if got, err := Ask(t.Context(), ask); err != nil || got.Text != "through a WebSocket" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// anybody may do everything.
type anybody struct{ mochi.HookBase }

func (*anybody) Provides(event byte) bool {
	return event == mochi.OnConnectAuthenticate || event == mochi.OnACLCheck
}
func (*anybody) OnConnectAuthenticate(*mochi.Client, packets.Packet) bool { return true }
func (*anybody) OnACLCheck(*mochi.Client, string, bool) bool              { return true }

// webBroker is the address of a broker for WebSockets.
func webBroker(t *testing.T, config *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	server := mochi.New(&mochi.Options{Logger: slog.New(slog.DiscardHandler)})
	for _, err := range []error{
		server.AddHook(new(anybody), nil),
		server.AddListener(listeners.NewWebsocket(listeners.Config{ID: fmt.Sprint(config != nil), Address: address, TLSConfig: config})),
		server.Serve(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { server.Close() })
	return address
}
