package mqtt

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
	"unicode/utf8"
)

// Packet types a broker sends, MQTT 3.1.1 table 2.1.
const (
	typeConnack  = 2
	typePublish  = 3
	typePuback   = 4
	typeSuback   = 9
	typeUnsuback = 11
	typePingresp = 13
)

const (
	stallTimeout = 10 * time.Second // without a byte inside a packet, or without room to write one
	passPiece    = 32 << 10         // bytes of an oversize body held at a time
	pulse        = 5 * time.Second  // how often an oversize body shows paho that the broker is alive
)

// guard is a connection on which paho meets only what it can bear: whole,
// well-formed packets of bounded size, of the types that a broker sends to a
// client that publishes and subscribes with QoS 0 and 1. (paho itself takes
// memory for whatever length a header claims, and counts the codes of a SUBACK
// by what it sent.)
//
// The body of a PUBLISH that is too long is let pass by, and paho is handed a
// stand-in for it: same topic, same packet id, so that it can be acknowledged
// and answered, and in place of the payload a mark and the length. Closing the
// connection instead would make the broker send the same packet first, for ever.
//
// Anything else that is wrong ends the connection with a *FrameError.
type guard struct {
	net.Conn
	max    int    // longest packet, without its header of 2 to 5 bytes
	mark   []byte // what a stand-in's payload begins with; nobody can guess it
	src    *source
	reader *bufio.Reader
	err    error // what ended it, given again to each Read

	packet  []byte    // one whole packet; its memory is used again
	ready   []byte    // of packet, what Read has not given away yet
	greeted bool      // the CONNACK was there
	standIn []byte    // to be given once skip is 0, nil when no body is passing
	skip    int64     // bytes of the body still to pass
	pulsed  time.Time // when paho last heard of the passing body
}

// FrameError is a broker, or something in its place, that does not speak MQTT
// 3.1.1 to us.
type FrameError struct{ Text string }

func (e *FrameError) Error() string { return "mqtt: " + e.Text }

func frameError(format string, args ...any) error {
	return &FrameError{fmt.Sprintf(format, args...)}
}

func newGuard(conn net.Conn, maxPacket int, mark []byte) *guard {
	src := &source{Conn: conn}
	return &guard{
		Conn:   conn,
		max:    maxPacket,
		mark:   mark,
		src:    src,
		reader: bufio.NewReaderSize(src, passPiece),
	}
}

// Read gives what the guard lets through.
func (g *guard) Read(p []byte) (int, error) {
	for len(g.ready) == 0 {
		if g.err == nil {
			g.err = g.fill()
		}
		if g.err != nil {
			return 0, g.err
		}
	}
	n := copy(p, g.ready)
	g.ready = g.ready[n:]
	return n, nil
}

// Write fails when the broker takes nothing for a while, since paho waits
// for a writer without limit.
func (g *guard) Write(p []byte) (int, error) {
	if err := g.Conn.SetWriteDeadline(time.Now().Add(stallTimeout)); err != nil {
		return 0, err
	}
	return g.Conn.Write(p)
}

// SetDeadline and SetReadDeadline bound what the guard's own deadlines don't.
func (g *guard) SetDeadline(t time.Time) error      { return g.SetReadDeadline(t) }
func (g *guard) SetReadDeadline(t time.Time) error  { g.src.limit = t; return nil }
func (g *guard) SetWriteDeadline(t time.Time) error { return nil }

// fill reads until there is something to give away.
func (g *guard) fill() error {
	if g.standIn != nil {
		return g.pass()
	}
	g.src.inside = false
	first, err := g.reader.ReadByte()
	if err != nil {
		return err
	}
	g.src.inside = true
	length, err := g.length()
	if err != nil {
		return err
	}
	if err := g.checkHeader(first, length); err != nil {
		return err
	}
	if length > g.max {
		return g.beginPassing(first, length)
	}
	g.begin(first, length)
	head := len(g.packet)
	g.packet = append(g.packet, make([]byte, length)...)
	if _, err := io.ReadFull(g.reader, g.packet[head:]); err != nil {
		return breaksOff(err)
	}
	if err := g.checkBody(first, g.packet[head:]); err != nil {
		return err
	}
	g.ready = g.packet
	return nil
}

// begin starts packet with its header.
func (g *guard) begin(first byte, length int) {
	g.packet = append(g.packet[:0], first)
	for ; length > 0x7F; length >>= 7 {
		g.packet = append(g.packet, byte(length)|0x80)
	}
	g.packet = append(g.packet, byte(length))
}

// length reads the remaining length, MQTT 3.1.1 section 2.2.3.
func (g *guard) length() (int, error) {
	n := 0
	for shift := 0; shift < 28; shift += 7 {
		b, err := g.reader.ReadByte()
		if err != nil {
			return 0, breaksOff(err)
		}
		n |= int(b&0x7F) << shift
		if b&0x80 == 0 {
			return n, nil
		}
	}
	return 0, frameError("a packet's length has more than 4 bytes")
}

// checkHeader refuses types and lengths that make no sense, before anything is
// read or allocated for them.
func (g *guard) checkHeader(first byte, length int) error {
	kind, flags := first>>4, first&0x0F
	if !g.greeted {
		if kind != typeConnack {
			return frameError("the first packet is of type %d, expected a CONNACK: no MQTT broker answers there", kind)
		}
		g.greeted = true
		return exactly("CONNACK", flags, length, 2)
	}
	switch kind {
	case typePublish:
		if qos := flags >> 1 & 3; qos > 1 {
			return frameError("a PUBLISH has QoS %d, expected 0 or 1 as subscribed", qos)
		}
		return nil
	case typePuback:
		return exactly("PUBACK", flags, length, 2)
	case typeSuback:
		return exactly("SUBACK", flags, length, 3) // we ask for one filter at a time
	case typePingresp:
		return exactly("PINGRESP", flags, length, 0)
	case typeUnsuback:
		return exactly("UNSUBACK", flags, length, 2)
	}
	return frameError("a packet of type %d is not for a client", kind)
}

func exactly(name string, flags byte, length, want int) error {
	if flags != 0 || length != want {
		return frameError("a %s has flags %d and %d bytes, expected 0 and %d", name, flags, length, want)
	}
	return nil
}

// checkBody looks into a whole packet.
func (g *guard) checkBody(first byte, body []byte) error {
	switch first >> 4 {
	case typeConnack:
		if body[0] > 1 || body[1] > 5 {
			return frameError("a CONNACK has flags %d and code %d, expected at most 1 and 5", body[0], body[1])
		}
	case typePublish:
		if len(body) < 2 {
			return frameError("a PUBLISH has %d bytes, too few for a topic", len(body))
		}
		end := 2 + int(binary.BigEndian.Uint16(body))
		if len(body) < end+idLen(first) {
			return frameError("a PUBLISH has %d bytes, too few for its topic of %d", len(body), end-2)
		}
		return checkPublish(body[2:end], body[end:end+idLen(first)])
	}
	return nil
}

func checkPublish(topic, id []byte) error {
	if len(topic) == 0 || !utf8.Valid(topic) || bytes.ContainsAny(topic, "+#\x00") {
		return frameError("a PUBLISH has no valid topic")
	}
	if len(id) == 2 && binary.BigEndian.Uint16(id) == 0 {
		return frameError("a PUBLISH with QoS 1 has packet id 0")
	}
	return nil
}

// idLen is how many bytes of packet id a PUBLISH has.
func idLen(first byte) int {
	if first>>1&3 == 0 {
		return 0
	}
	return 2
}

// beginPassing reads topic and packet id of an oversize PUBLISH and prepares its
// stand-in.
func (g *guard) beginPassing(first byte, length int) error {
	var size [2]byte
	if _, err := io.ReadFull(g.reader, size[:]); err != nil {
		return breaksOff(err)
	}
	topicLen := int(binary.BigEndian.Uint16(size[:]))
	rest := length - 2 - topicLen - idLen(first)
	if rest < 0 {
		return frameError("a PUBLISH has %d bytes, too few for its topic of %d", length, topicLen)
	}
	head := make([]byte, topicLen+idLen(first)) // at most 64 KiB
	if _, err := io.ReadFull(g.reader, head); err != nil {
		return breaksOff(err)
	}
	if err := checkPublish(head[:topicLen], head[topicLen:]); err != nil {
		return err
	}
	payload := strconv.AppendInt(bytes.Clone(g.mark), int64(length), 10)
	g.begin(first, 2+len(head)+len(payload))
	g.standIn = append(append(append(g.packet, size[:]...), head...), payload...)
	g.skip = int64(rest)
	g.pulsed = time.Now()
	return g.pass()
}

// pass lets the body go by, piece by piece. Every few seconds paho gets a
// PINGRESP in between: the broker cannot answer its pings before the body is
// through, and it would take that for a dead connection.
func (g *guard) pass() error {
	for g.skip > 0 {
		n, err := g.reader.Discard(int(min(g.skip, passPiece)))
		g.skip -= int64(n)
		if err != nil {
			return breaksOff(err)
		}
		if time.Since(g.pulsed) >= pulse {
			g.pulsed = time.Now()
			g.ready = []byte{typePingresp << 4, 0}
			return nil
		}
	}
	g.ready, g.packet, g.standIn = g.standIn, g.standIn, nil
	return nil
}

// breaksOff words a stream that ends inside a packet.
func breaksOff(err error) error {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return frameError("a packet broke off: nothing came for %v", stallTimeout)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return frameError("the connection ended inside a packet")
	}
	return err
}

// source is the connection below a guard's reader. Between packets it may be
// silent as long as its user allows; inside one, each read has to come soon.
type source struct {
	net.Conn
	limit  time.Time // set by the user, zero for none
	inside bool
}

func (s *source) Read(p []byte) (int, error) {
	deadline := s.limit
	if soon := time.Now().Add(stallTimeout); s.inside && (deadline.IsZero() || soon.Before(deadline)) {
		deadline = soon
	}
	if err := s.Conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return s.Conn.Read(p)
}

// oversize recognises the payload of a stand-in and gives the length of what it
// stands for, 0 for any other payload.
func oversize(payload, mark []byte) int64 {
	digits, is := bytes.CutPrefix(payload, mark)
	if !is {
		return 0
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
