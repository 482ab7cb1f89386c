package broker

import (
	"net"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

func TestBroker(t *testing.T) {
	b, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if !b.addr.IP.IsLoopback() {
		t.Errorf("listens on %v, want this machine only", b.addr)
	}
	c := mosquittotest.Listen(t, b.URL(), "home/#")
	c.Publish("home/lamp", 1, true, "on")
	if m := c.Next("home/lamp"); m.Payload != "on" || m.QoS != 1 {
		t.Errorf("%+v", m)
	}
	late := mosquittotest.Listen(t, b.URL(), "home/lamp")
	if m := late.Next("home/lamp"); !m.Retained {
		t.Errorf("%+v, want it retained", m)
	}
	if _, err := Start(Options{Port: b.Port()}); err == nil || !strings.Contains(err.Error(), "broker.port") {
		t.Errorf("a port that is taken: %v", err)
	}
}

func TestCloseFreesThePort(t *testing.T) {
	b, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", b.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
