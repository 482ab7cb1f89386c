// Package mqtt takes prompts from topics and publishes what becomes of them. It
// knows no model: a func given in [Options] gets each message, and the methods
// of [Service] publish the answer.
//
//	s, err := mqtt.New(mqtt.Options{..., Prompt: d.answer, Cancel: d.cancel})
//	go s.Run(ctx)
//
//	func (d *daemon) answer(m *mqtt.Message) { // called by the reader: never waits
//		req, err := s.Receive(m)
//		...
//	}
//	s.Status(req, mqtt.Generating, 0, 0)
//	s.Stream(req, piece)
//	s.Reply(req, result) // or s.Fail(req, err)
//
// # What is promised
//
// A QoS 1 prompt is acknowledged when the broker has its answer, so what the
// broker accepted survives a crash of this process and of the connection; what
// was handed over twice is answered once (see ledger.go) or, when it is not
// known whether the answer arrived, once more with "replayed":true. Every prompt
// gets exactly one answer or error, QoS 0 prompts as far as QoS 0 goes.
//
// # One connection, one client
//
// Each connection is a new paho client whose own reconnecting and message store
// are not used: what must outlive a connection is in the outbox and the ledger,
// where it is bounded and where a message that the broker refuses cannot come
// back for ever. MQTT asks a client to send an unacknowledged publish again with
// the same packet id; a new id does as well, since QoS 1 keeps no state by id.
//
// Acknowledgements leave in the order in which answers are ready, not in that of
// arrival as MQTT 3.1.1 section 4.6 asks; brokers accept it, and the alternative
// is that a prompt in the queue holds back the refusal of the next.
//
// The package reads untrusted bytes in two places: guard.go, which lets only
// well-formed packets of bounded size reach paho, and request.go.
package mqtt
