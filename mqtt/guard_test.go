package mqtt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// stream is a connection on which everything is there already.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error)       { return s.Reader.Read(p) }
func (s stream) SetReadDeadline(time.Time) error  { return nil }
func (s stream) SetWriteDeadline(time.Time) error { return nil }

var testMark = []byte("0123456789abcdef")

func guarded(r io.Reader, maxPacket int) *guard {
	return newGuard(stream{Reader: r}, maxPacket, testMark)
}

var connack = []byte{0x20, 2, 0, 0}

// publishPacket is a PUBLISH as it stands on the wire.
func publishPacket(first byte, topic string, id uint16, payload []byte) []byte {
	body := binary.BigEndian.AppendUint16(nil, uint16(len(topic)))
	body = append(body, topic...)
	if first>>1&3 > 0 {
		body = binary.BigEndian.AppendUint16(body, id)
	}
	body = append(body, payload...)
	return append(append([]byte{first}, lengthBytes(len(body))...), body...)
}

func lengthBytes(n int) (out []byte) {
	for ; n > 0x7F; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

func TestGuardLetsGoodPacketsThrough(t *testing.T) {
	var wire []byte
	for _, p := range [][]byte{
		connack,
		{0x90, 3, 0, 1, 1},    // SUBACK
		{0x90, 3, 0, 2, 0x80}, // one that refuses
		publishPacket(0x32, "llamad/pi4/prompt", 7, []byte("hello")),
		publishPacket(0x30, "a", 0, nil),
		publishPacket(0x3B, "llamad/pi4/prompt/x", 65535, bytes.Repeat([]byte("x"), 3000)),
		{0x40, 2, 0, 9}, // PUBACK
		{0xD0, 0},       // PINGRESP
	} {
		wire = append(wire, p...)
	}
	for name, r := range map[string]io.Reader{
		"at once":      bytes.NewReader(wire),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(wire)),
	} {
		got, err := io.ReadAll(guarded(r, 4000))
		if err != nil || !bytes.Equal(got, wire) {
			t.Errorf("%s: %d of %d bytes came through: %v", name, len(got), len(wire), err)
		}
	}
}

func TestGuardRefuses(t *testing.T) {
	after := func(b ...byte) []byte { return append(bytes.Clone(connack), b...) }
	for _, test := range []struct {
		name string
		wire []byte
		want string
	}{
		{"another protocol", []byte("HTTP/1.1 400 Bad Request\r\n"), "no MQTT broker answers there"},
		{"a PUBLISH before the CONNACK", publishPacket(0x30, "a", 0, nil), "expected a CONNACK"},
		{"a long CONNACK", []byte{0x20, 3, 0, 0, 0}, "a CONNACK has flags 0 and 3 bytes"},
		{"an unknown CONNACK code", []byte{0x20, 2, 0, 77}, "code 77"},
		{"half a CONNACK", []byte{0x20, 2, 0}, "ended inside a packet"},
		{"a second CONNACK", after(connack...), "type 2 is not for a client"},
		{"a CONNECT", after(0x10, 0), "type 1 is not for a client"},
		{"type 0", after(0x00, 0), "type 0"},
		{"type 15", after(0xF0, 0), "type 15"},
		{"a length of five bytes", after(0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01), "more than 4 bytes"},
		{"QoS 2", after(publishPacket(0x34, "a", 1, nil)...), "QoS 2"},
		{"QoS 3", after(publishPacket(0x36, "a", 1, nil)...), "QoS 3"},
		{"packet id 0", after(publishPacket(0x32, "a", 0, nil)...), "packet id 0"},
		{"an oversize one with packet id 0", after(publishPacket(0x32, "a", 0, make([]byte, 5000))...), "packet id 0"},
		{"no topic", after(publishPacket(0x30, "", 0, []byte("x"))...), "no valid topic"},
		{"a wildcard in the topic", after(publishPacket(0x30, "a/+", 0, nil)...), "no valid topic"},
		{"a topic that is not UTF-8", after(publishPacket(0x30, "\xff", 0, nil)...), "no valid topic"},
		{"a topic longer than the packet", after(0x30, 3, 0, 200, 'a'), "too few for its topic of 200"},
		{"an oversize packet with a longer topic", after(append([]byte{0x30, 0xA0, 0x1F, 0xFF, 0xFF}, make([]byte, 4000)...)...), "too few for its topic of 65535"},
		{"a PUBLISH of one byte", after(0x30, 1, 0), "too few for a topic"},
		{"a SUBACK for two filters", after(0x90, 4, 0, 1, 0, 0), "a SUBACK has flags 0 and 4 bytes"},
		{"a huge SUBACK", after(0x90, 0xFF, 0xFF, 0xFF, 0x7F), "a SUBACK has"},
		{"a PUBACK with flags", after(0x42, 2, 0, 1), "a PUBACK has flags 2"},
		{"a PINGRESP with a body", after(0xD0, 1, 0), "a PINGRESP"},
		{"the end inside a PUBLISH", after(publishPacket(0x30, "a", 0, []byte("hello"))[:6]...), "ended inside a packet"},
		{"the end inside an oversize one", after(publishPacket(0x30, "a", 0, make([]byte, 5000))[:3000]...), "ended inside a packet"},
	} {
		g := guarded(bytes.NewReader(test.wire), 4000)
		_, err := io.ReadAll(g)
		var frame *FrameError
		if !errors.As(err, &frame) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want a FrameError with %q", test.name, err, test.want)
		}
		if _, again := g.Read(make([]byte, 1)); again != err {
			t.Errorf("%s: read once more: %v", test.name, again)
		}
	}
}

// zeros is a body of any size that is not in memory.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// An oversize packet becomes a stand-in, and what follows it arrives.
func TestGuardOversize(t *testing.T) {
	const size = 200 << 20
	head := publishPacket(0x3A, "llamad/pi4/prompt/kitchen", 77, nil)[2:] // without its header
	wire := io.MultiReader(
		bytes.NewReader(connack),
		bytes.NewReader(append([]byte{0x3A}, lengthBytes(size+len(head))...)),
		bytes.NewReader(head),
		io.LimitReader(zeros{}, size),
		bytes.NewReader(publishPacket(0x32, "llamad/pi4/prompt", 78, []byte("hello"))),
	)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	g := guarded(wire, 64<<10)
	var publishes []*packets.PublishPacket
	for {
		p, err := packets.ReadPacket(g)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if pub, is := p.(*packets.PublishPacket); is {
			publishes = append(publishes, pub)
		}
	}
	runtime.ReadMemStats(&after)
	if len(publishes) != 2 {
		t.Fatalf("%d publishes came through, want 2", len(publishes))
	}
	stand := publishes[0]
	if stand.TopicName != "llamad/pi4/prompt/kitchen" || stand.MessageID != 77 || stand.Qos != 1 || !stand.Dup || oversize(stand.Payload, testMark) != int64(size+len(head)) {
		t.Errorf("the stand-in is %v, for %d bytes", stand, oversize(stand.Payload, testMark))
	}
	if next := publishes[1]; next.MessageID != 78 || string(next.Payload) != "hello" || oversize(next.Payload, testMark) != 0 {
		t.Errorf("behind it came %v", next)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes were allocated for a packet that passes by", took)
	}
}

// Nobody can pass for a stand-in without knowing the mark.
func TestStandInsCannotBeForged(t *testing.T) {
	for _, payload := range []string{"", "123", string(testMark), string(testMark) + "x", "x" + string(testMark) + "5"} {
		if n := oversize([]byte(payload), testMark); n != 0 {
			t.Errorf("%q stands for %d bytes", payload, n)
		}
	}
}

// While a long body passes slowly, paho hears that the broker is alive.
func TestGuardPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		go func() {
			defer theirs.Close()
			theirs.Write(connack)
			packet := publishPacket(0x30, "a", 0, make([]byte, 1<<20))
			for len(packet) > 0 {
				n := min(passPiece, len(packet))
				theirs.Write(packet[:n])
				packet = packet[n:]
				time.Sleep(2 * time.Second)
			}
		}()
		g := newGuard(ours, 64<<10, testMark)
		pulses := 0
		for {
			p, err := packets.ReadPacket(g)
			if err != nil {
				break
			}
			if _, is := p.(*packets.PingrespPacket); is {
				pulses++
			}
		}
		if pulses < 8 {
			t.Errorf("%d signs of life in 66 s, want one each 6 s", pulses)
		}
	})
}

func TestGuardStall(t *testing.T) {
	whole := publishPacket(0x30, "a", 0, make([]byte, 5000))
	for _, test := range []struct {
		name string
		part []byte
	}{
		{"inside a header", whole[:1]},
		{"inside a packet", publishPacket(0x30, "a", 0, make([]byte, 100))[:50]},
		{"inside an oversize packet", whole[:1000]},
	} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer theirs.Close()
			go func() {
				theirs.Write(connack)
				time.Sleep(time.Hour) // silence between packets is no stall
				theirs.Write(test.part)
			}()
			start := time.Now()
			_, err := io.ReadAll(newGuard(ours, 4000, testMark))
			if err == nil || !strings.Contains(err.Error(), "nothing came for 10s") {
				t.Errorf("%s: %v", test.name, err)
			}
			if took := time.Since(start); took != time.Hour+stallTimeout {
				t.Errorf("%s: ended after %v", test.name, took)
			}
		})
	}
}

// A handshake that its user bounds stays bounded.
func TestGuardKeepsTheUsersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		g := newGuard(ours, 4000, testMark)
		start := time.Now()
		g.SetDeadline(start.Add(3 * time.Second))
		if _, err := g.Read(make([]byte, 1)); err == nil || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func FuzzGuard(f *testing.F) {
	f.Add(append(bytes.Clone(connack), publishPacket(0x32, "llamad/pi4/prompt", 7, []byte("hello"))...))
	f.Add(append(bytes.Clone(connack), publishPacket(0x32, "a", 7, make([]byte, 600))...))
	f.Add(append(bytes.Clone(connack), 0x90, 3, 0, 1, 0x80, 0xD0, 0, 0x40, 2, 0, 1))
	f.Add([]byte{0x20, 2, 1, 5})
	f.Fuzz(func(t *testing.T, wire []byte) {
		g := guarded(bytes.NewReader(wire), 500)
		for {
			// Whatever comes through, paho's reader must find whole packets in it.
			p, err := packets.ReadPacket(g)
			if err != nil {
				var frame *FrameError
				if !errors.As(err, &frame) && err != io.EOF {
					t.Errorf("%x: paho met what it cannot read: %v", wire, err)
				}
				return
			}
			if pub, is := p.(*packets.PublishPacket); is && (pub.Qos > 1 || pub.Qos == 1 && pub.MessageID == 0 || pub.TopicName == "") {
				t.Errorf("%x: let through %v", wire, pub)
			}
		}
	})
}
