package broker

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"
)

// The library logs packets that it does not like, whole. What is in them is
// nobody's business.
func TestPacketsAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	b, err := Start(Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	connect := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Connect}, ProtocolVersion: 4, Connect: packets.ConnectParams{
		ProtocolName: []byte("MQTT"), Clean: true, ClientIdentifier: "c", UsernameFlag: true, Username: []byte("canary"), PasswordFlag: true, Password: []byte("canary"),
	}}
	publish := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Publish}, ProtocolVersion: 4, TopicName: "a/#", Payload: []byte("canary")}
	for _, wrong := range []packets.Packet{connect, publish} {
		c, err := net.Dial("tcp", b.addr.String())
		if err != nil {
			t.Fatal(err)
		}
		var wire bytes.Buffer
		connect.ConnectEncode(&wire)
		if wrong.FixedHeader.Type == packets.Connect { // once more
			wrong.ConnectEncode(&wire)
		} else {
			wrong.PublishEncode(&wire)
		}
		c.Write(wire.Bytes())
		io.Copy(io.Discard, c) // until it is thrown out
		c.Close()
	}
	b.Close()
	text := log.String()
	if !strings.Contains(text, "error processing packet") {
		t.Errorf("nothing went wrong: %s", text)
	}
	if strings.Contains(text, "canary") || strings.Contains(text, "99 97 110 97 114 121") {
		t.Errorf("a packet is in the log: %s", text)
	}
}
