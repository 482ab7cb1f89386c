package mqtt

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"llamad/mqtt/mosquittotest"
)

func TestExamineFindsNothingWrong(t *testing.T) {
	t.Parallel()
	b := mosquittotest.Start(t)
	ear := mosquittotest.Listen(t, b.URL(), "#")
	c := Examine(t.Context(), Broker{URL: b.URL()}, "llamad", "pi4")
	if err := errors.Join(c.Reach, c.Access, c.Subscribe, c.Publish, c.Session); err != nil || c.State != "" {
		t.Errorf("%+v", c)
	}
	for _, m := range ear.On("") {
		if m.Topic != "llamad/pi4/marker" {
			t.Errorf("it published %+v", m)
		}
	}
}

// A daemon that works is seen and not disturbed.
func TestExamineSeesTheDaemon(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	h.s.SetInfo(Info{Version: "1", Status: "ready"})
	h.eventually("info is there", func() bool { return strings.Contains(h.ear.Last("llamad/pi4/info"), "ready") })
	c := Examine(t.Context(), Broker{URL: h.broker.URL()}, "llamad", "pi4")
	if err := errors.Join(c.Reach, c.Access, c.Subscribe, c.Publish, c.Session); err != nil {
		t.Error(err)
	}
	if c.State != "online" || c.Info.Instance != "4711" || c.Info.Status != "ready" || c.Changes != 0 {
		t.Errorf("%+v", c)
	}
	h.publish("llamad/pi4/prompt", 1, false, "still there?")
	if r := h.next(); r.Prompt != "still there?" {
		t.Errorf("%+v", r)
	}
}

// Two daemons with one client id throw each other out.
func TestExamineSeesTwoOfUs(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	twin, err := New(h.s.o)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { defer close(ended); twin.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	h.eventually("one of them was thrown out", func() bool { h.s.SetHealth(Health{}); return h.s.counters.connections.Load() > 1 })
	var c Checkup
	h.eventually("they are seen", func() bool {
		h.s.SetHealth(Health{})
		c = Examine(t.Context(), Broker{URL: h.broker.URL()}, "llamad", "pi4")
		return c.Changes > 1
	})
}

func TestExamineSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	acl := filepath.Join(t.TempDir(), "acl")
	if err := os.WriteFile(acl, []byte("topic read llamad/pi4/#\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	closed := mosquittotest.Start(t, "allow_anonymous false")
	silent := mosquittotest.Start(t, "acl_file "+acl)
	refusing := newFakeBroker(t, func(conn net.Conn, p packets.ControlPacket) bool {
		s, is := p.(*packets.SubscribePacket)
		if is {
			ack := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
			ack.MessageID, ack.ReturnCodes = s.MessageID, []byte{0x80}
			ack.Write(conn)
		}
		return is
	})
	forgetful := newFakeBroker(t, func(conn net.Conn, p packets.ControlPacket) bool {
		if in, is := p.(*packets.PublishPacket); is {
			out := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
			out.TopicName, out.Payload = in.TopicName, in.Payload
			out.Write(conn)
		}
		return false // acknowledges it
	})
	for _, test := range []struct {
		name, url string
		failed    func(*Checkup) error
		cure      string
	}{
		{"nobody there", "mqtt://127.0.0.1:1", func(c *Checkup) error { return c.Reach }, "no broker listens there"},
		{"not let in", closed.URL(), func(c *Checkup) error { return c.Access }, "mqtt.username"},
		{"not heard", refusing.url(), func(c *Checkup) error { return c.Subscribe }, "access list"},
		{"not published", silent.URL(), func(c *Checkup) error { return c.Publish }, "access list"},
		{"not kept", forgetful.url(), func(c *Checkup) error { return c.Session }, "persistent sessions"},
	} {
		c := Examine(t.Context(), Broker{URL: test.url}, "llamad", "pi4")
		var told *ConnectError
		if err := test.failed(&c); !errors.As(err, &told) || !strings.Contains(told.Cure, test.cure) {
			t.Errorf("%s: %+v", test.name, c)
		}
	}
}

func TestExamineEndsWithItsContext(t *testing.T) {
	t.Parallel()
	mute := newFakeBroker(t, func(net.Conn, packets.ControlPacket) bool { return true })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if c := Examine(ctx, Broker{URL: mute.url()}, "llamad", "pi4"); c.Reach == nil {
		t.Errorf("%+v", c)
	}
}
