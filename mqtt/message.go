package mqtt

import "time"

// Message is a prompt as it arrived, not yet looked into.
type Message struct {
	Topic    string
	Client   string // the topic's last level, "" on the plain prompt topic
	Payload  []byte // nil when Oversize is set
	Oversize int64  // bytes of a packet that was too long to be read, else 0
	QoS      byte
	Dup      bool // the broker says it sent this before
	Received time.Time
	absence  time.Duration // how long we were gone while the broker may have kept it, else 0

	tree       tree   // whose prompt topic it came on: the node's, or the pool's
	kept       bool   // the broker hands it over again until it is acknowledged
	connection int    // which connection of this process brought it, counted from 1
	ack        func() // nil with QoS 0
}

// acknowledge tells the broker that the message is dealt with. It does nothing
// when the connection that brought it is gone; the broker then sends another
// copy.
func (m *Message) acknowledge() {
	if m != nil && m.ack != nil {
		m.ack()
	}
}

// spent is what is kept of a message that is dealt with.
func (m *Message) spent() *Message { return &Message{connection: m.connection} }
