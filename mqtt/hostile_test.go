package mqtt

import (
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"llamad/mqtt/mosquittotest"
)

// fakeBroker does as a broker does, until hostile takes a packet out of its
// hands.
type fakeBroker struct {
	listener    net.Listener
	connections atomic.Int32
	hostile     func(conn net.Conn, p packets.ControlPacket) (handled bool)
}

func newFakeBroker(t *testing.T, hostile func(net.Conn, packets.ControlPacket) bool) *fakeBroker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeBroker{listener: l, hostile: hostile}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.connections.Add(1)
			wg.Go(func() {
				defer conn.Close()
				f.serve(conn)
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return f
}

func (f *fakeBroker) url() string { return "mqtt://" + f.listener.Addr().String() }

func (f *fakeBroker) serve(conn net.Conn) {
	for {
		p, err := packets.ReadPacket(conn)
		if err != nil {
			return
		}
		if f.hostile(conn, p) {
			continue
		}
		switch p := p.(type) {
		case *packets.ConnectPacket:
			conn.Write(connack)
		case *packets.SubscribePacket:
			conn.Write([]byte{0x90, 3, byte(p.MessageID >> 8), byte(p.MessageID), p.Qoss[0]})
		case *packets.PublishPacket:
			if p.Qos == 1 {
				conn.Write([]byte{0x40, 2, byte(p.MessageID >> 8), byte(p.MessageID)})
			}
		case *packets.PingreqPacket:
			conn.Write([]byte{0xD0, 0})
		case *packets.DisconnectPacket:
			return
		}
	}
}

// lasting tells the service's own connection from its look at who is there.
func lasting(p packets.ControlPacket) bool {
	c, is := p.(*packets.ConnectPacket)
	return is && !c.CleanSession
}

func withFake(t *testing.T, f *fakeBroker, p pauses) *house {
	t.Helper()
	t.Parallel()
	h := &house{t: t, url: f.url(), pauses: p}
	h.start(nil)
	return h
}

// Whatever a broker sends, we complain, wait, and try again.
func TestHostileBrokers(t *testing.T) {
	subscribed := func(p packets.ControlPacket) bool {
		s, is := p.(*packets.SubscribePacket)
		return is && strings.HasSuffix(s.Topics[0], "/marker") // the last one
	}
	after := func(what func(packets.ControlPacket) bool, wire []byte) func(net.Conn, packets.ControlPacket) bool {
		return func(conn net.Conn, p packets.ControlPacket) bool {
			if !what(p) {
				return false
			}
			conn.Write(wire)
			return true
		}
	}
	for _, test := range []struct {
		name    string
		hostile func(net.Conn, packets.ControlPacket) bool
		want    string // in the log
	}{
		{"a CONNACK of noise", after(lasting, []byte("\x7f\x00\xff\xff noise")), "no MQTT broker answers there"},
		{"an unknown CONNACK code", after(lasting, []byte{0x20, 2, 0, 200}), "code 200"},
		{"a refusal", after(lasting, []byte{0x20, 2, 0, 5}), "set mqtt.username"},
		{"a SUBACK of 0x80", func(conn net.Conn, p packets.ControlPacket) bool {
			s, is := p.(*packets.SubscribePacket)
			if is {
				conn.Write([]byte{0x90, 3, byte(s.MessageID >> 8), byte(s.MessageID), 0x80})
			}
			return is
		}, "the broker refused the subscription to llamad/pi4/prompt"},
		{"a SUBACK for more than was asked", func(conn net.Conn, p packets.ControlPacket) bool {
			s, is := p.(*packets.SubscribePacket)
			if is {
				conn.Write([]byte{0x90, 5, byte(s.MessageID >> 8), byte(s.MessageID), 1, 1, 1})
			}
			return is
		}, "a SUBACK has flags 0 and 5 bytes"},
		{"packet id 0", after(subscribed, publishPacket(0x32, "llamad/pi4/prompt", 0, []byte("x"))), "packet id 0"},
		{"QoS 3", after(subscribed, publishPacket(0x36, "llamad/pi4/prompt", 1, []byte("x"))), "QoS 3"},
		{"a length without end", after(subscribed, []byte{0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}), "more than 4 bytes"},
		{"half a packet and the end", func(conn net.Conn, p packets.ControlPacket) bool {
			if subscribed(p) {
				conn.Write([]byte{0x30, 10, 0})
				conn.Close()
				return true
			}
			return false
		}, "ended inside a packet"},
		{"the end right behind the CONNACK", func(conn net.Conn, p packets.ControlPacket) bool {
			if lasting(p) {
				conn.Write(connack)
				conn.Close()
				return true
			}
			return false
		}, "err=EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFakeBroker(t, test.hostile)
			h := withFake(t, f, pauses{first: 100 * time.Millisecond, longest: time.Minute, broken: time.Minute})
			h.eventually("the log says "+test.want, func() bool { return strings.Contains(h.log.String(), test.want) })
			before := f.connections.Load()
			time.Sleep(500 * time.Millisecond)
			if n := f.connections.Load() - before; n > 6 { // two for each attempt
				t.Errorf("%d connections in half a second, want it to wait between them", n)
			}
			if h.s.Connected() {
				t.Error("it thinks that it is connected")
			}
		})
	}
}

// What nobody subscribed to is acknowledged and forgotten.
func TestForeignPublish(t *testing.T) {
	acked := make(chan uint16, 1)
	f := newFakeBroker(t, func(conn net.Conn, p packets.ControlPacket) bool {
		switch p := p.(type) {
		case *packets.PublishPacket:
			if strings.HasSuffix(p.TopicName, "/state") && string(p.Payload) == stateOnline {
				conn.Write(publishPacket(0x32, "zigbee2mqtt/lamp/set", 9, []byte("ON")))
			}
		case *packets.PubackPacket:
			acked <- p.MessageID
		}
		return false
	})
	h := withFake(t, f, usualPauses)
	select {
	case id := <-acked:
		if id != 9 {
			t.Errorf("acknowledged %d, want 9", id)
		}
	case <-time.After(patience):
		t.Fatal("a message on a foreign topic was not acknowledged")
	}
	h.noPrompt(50 * time.Millisecond)
	if !h.s.Connected() {
		t.Error("the connection is gone")
	}
}

// A message that ends every connection is given up instead of being sent for
// ever.
func TestPoisonousAnswer(t *testing.T) {
	var poisoned atomic.Int32
	f := newFakeBroker(t, func(conn net.Conn, p packets.ControlPacket) bool {
		switch p := p.(type) {
		case *packets.PublishPacket:
			if strings.HasSuffix(p.TopicName, "/state") && string(p.Payload) == stateOnline && poisoned.Load() == 0 {
				conn.Write(publishPacket(0x32, "llamad/pi4/prompt", 9, []byte("hello")))
			}
			if strings.HasSuffix(p.TopicName, "/response") {
				poisoned.Add(1)
				conn.Close()
				return true
			}
		}
		return false
	})
	h := withFake(t, f, pauses{first: time.Millisecond, longest: time.Millisecond, broken: time.Millisecond})
	h.s.Reply(h.next(), reply("poison"))
	h.eventually("it is given up", func() bool { return strings.Contains(h.log.String(), "was given up") })
	if n := poisoned.Load(); n != maxAttempts {
		t.Errorf("sent %d times, want %d", n, maxAttempts)
	}
}

// An answer that the broker may have got already says so when it comes once more.
func TestAnswerThatIsSentAgain(t *testing.T) {
	answers := make(chan string, 8)
	f := newFakeBroker(t, func(conn net.Conn, p packets.ControlPacket) bool {
		published, is := p.(*packets.PublishPacket)
		switch {
		case is && strings.HasSuffix(published.TopicName, "/state") && string(published.Payload) == stateOnline && len(answers) == 0:
			conn.Write(publishPacket(0x32, "llamad/pi4/prompt", 9, []byte("hello")))
		case is && strings.HasSuffix(published.TopicName, "/response"):
			if answers <- string(published.Payload); len(answers) == 1 {
				conn.Close() // and nobody knows whether it arrived
				return true
			}
		}
		return false
	})
	h := withFake(t, f, soon)
	h.s.Reply(h.next(), reply("an answer"))
	h.eventually("it is sent again", func() bool { return len(answers) == 2 })
	if first, second := <-answers, <-answers; strings.Contains(first, "replayed") || !strings.Contains(second, `"replayed":true`) {
		t.Errorf("first %s, then %s", first, second)
	}
}

// A connection breaks over a retained message, and meanwhile there is a newer one:
// the older does not come behind it.
func TestStandingMessagesAreNeverOlder(t *testing.T) {
	infos, reports := make(chan string, 64), make(chan string, 64)
	f := newFakeBroker(t, func(conn net.Conn, p packets.ControlPacket) bool {
		published, is := p.(*packets.PublishPacket)
		switch {
		case is && strings.HasSuffix(published.TopicName, "/health"):
			reports <- string(published.Payload)
		case is && strings.HasSuffix(published.TopicName, "/info"):
			infos <- string(published.Payload)
			if strings.Contains(string(published.Payload), "older") {
				conn.Close()
				return true
			}
		}
		return false
	})
	h := withFake(t, f, usualPauses)
	h.online()
	h.s.SetInfo(Info{Status: "older"})
	<-infos
	h.eventually("the connection is lost", func() bool { return !h.s.Connected() })
	h.s.SetInfo(Info{Status: "newer"})
	h.online()
	h.s.SetHealth(Health{Busy: true}) // behind everything else
	<-reports
	for len(infos) > 0 {
		if info := <-infos; !strings.Contains(info, "newer") {
			t.Errorf("info is %s again", info)
		}
	}
}

// Connections leave no goroutines behind.
func TestNoGoroutinesLeak(t *testing.T) {
	h := &house{t: t, broker: mosquittotest.Start(t), pauses: pauses{first: time.Millisecond, longest: time.Millisecond, broken: time.Millisecond}}
	h.proxy = mosquittotest.NewProxy(t, h.broker.Addr())
	h.url = h.proxy.URL()
	h.start(nil)
	h.online()
	before := runtime.NumGoroutine()
	for range 10 {
		n := h.s.counters.read().Connections
		h.proxy.Cut()
		h.eventually("it is back", func() bool { return h.s.counters.read().Connections > n && h.s.Connected() })
	}
	h.eventually("as many goroutines as before", func() bool { return runtime.NumGoroutine() <= before+2 })
}
