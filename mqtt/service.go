package mqtt

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Service is one daemon among the topics. Its methods may be called from any
// goroutine, those about a request from one at a time; none of them waits for
// the broker.
type Service struct {
	o        Options
	mark     []byte // of stand-ins for oversize packets, see guard
	policy   atomic.Pointer[Policy]
	tree     atomic.Pointer[tree]
	ledger   ledger
	outbox   *outbox
	counters counters
	pauses   pauses

	announced atomic.Bool // Home Assistant was told of us, and is again on each connection

	chosen     bool // the node's name is settled; only Run looks at it
	retracted  bool // old announcements are removed; only link.announce looks at it
	poolClosed bool // a node has the pool's name; only Run looks at it

	mu       sync.Mutex        // protects what follows
	retained map[string][]byte // kind of topic -> what stands there, but for the state
	pool     *conn             // nil when we are in none
	up       *link             // the connection that is subscribed and announced, nil while there is none
	seen     time.Time         // until when we had all that the broker kept for us, zero when there was no such time
}

// retainedKinds is the order in which retained topics are published on a new
// connection.
var retainedKinds = []string{topicInfo, topicHealth, topicLast}

// New checks the options. Nothing is connected before Run.
func New(o Options) (*Service, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Service{
		o:        o,
		mark:     make([]byte, 16),
		outbox:   newOutbox(),
		pauses:   usualPauses,
		retained: map[string][]byte{},
	}
	rand.Read(s.mark) // never fails
	s.ledger.now = o.Now
	s.seen = o.Seen
	s.policy.Store(&o.Policy)
	s.setNode(o.Node)
	return s, nil
}

func (s *Service) setNode(node string) {
	t := newTree(s.o.Prefix, node)
	s.tree.Store(&t)
}

// Base is the topic that all others are below: "llamad/pi4".
func (s *Service) Base() string { return string(*s.tree.Load()) }

// Node is our name in the topics.
func (s *Service) Node() string { return s.Base()[len(s.o.Prefix)+1:] }

// Connected says whether the broker hands us prompts now.
func (s *Service) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up != nil
}

// CaughtUp says whether the broker hands us prompts now and none of them waited
// while we were gone.
func (s *Service) CaughtUp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up != nil && s.up.backlog.over.Load()
}

// SetPolicy replaces what the configuration says about requests. One that is
// refused changes nothing.
func (s *Service) SetPolicy(p Policy) error {
	if err := p.check(s.o.reserved()); err != nil {
		return err
	}
	s.policy.Store(&p)
	return nil
}

// Receive is the first step of a prompt's life: what does m ask for? A request
// with an error is answered with Fail. A nil request is a copy of a prompt that
// is known, or none at all; it has been dealt with.
func (s *Service) Receive(m *Message) (*Request, error) {
	if s.echo(m) {
		m.acknowledge()
		return nil, nil
	}
	s.counters.prompts.Add(1)
	p := s.policy.Load()
	r := &Request{Client: m.Client, Fields: p.defaults(m.Client), Received: m.Received, message: m}
	err := s.look(p, r)
	if r.ID == "" {
		r.ID, r.made = newID(), true
	}
	if err != nil {
		return r, err
	}
	verdict, e := s.ledger.admit(r)
	switch verdict {
	case repeat:
		return nil, nil
	case replay:
		s.counters.replayed.Add(1)
		if !s.send(e.again(m)) {
			s.askAgain(r)
		}
		return nil, nil
	case conflict:
		return r, &Error{Code: IDConflict, Message: "another prompt with this id is not answered yet"}
	}
	r.entry = e
	if err := s.refuseEcho(m); err != nil {
		return r, err
	}
	if err := s.stale(m); err != nil {
		return r, err
	}
	if r.late() { // looked at only now: a copy of an answered prompt is late and has its answer
		return r, &Error{Code: Expired, Message: "the deadline had passed when the prompt arrived"}
	}
	return r, nil
}

func (s *Service) look(p *Policy, r *Request) error {
	if err := checkClient(r.Client); err != nil {
		r.Client = "" // so that the error has a topic to go to
		return &Error{Code: BadRequest, Message: err.Error()}
	}
	if size := r.message.Oversize; size > 0 {
		return &Error{Code: TooLarge, Message: fmt.Sprintf("the packet has %d bytes, expected at most %d: shorten the prompt or raise mqtt.max_packet", size, s.o.MaxPacket)}
	}
	if err := p.read(r, r.message.Payload, s.o.reserved()); err != nil {
		return err
	}
	if r.Conversation != "" && r.message.tree != *s.tree.Load() {
		r.warn("conversation: a pool keeps none, since each prompt goes to another member; this one was answered alone")
		r.Conversation, r.Reset = "", false
	}
	return nil
}

// Reply is the last step of a prompt's life: its answer, and then the
// acknowledgement.
func (s *Service) Reply(r *Request, result Result) {
	if r.Plain {
		result.Text = Plain(result.Text)
	}
	result.Warnings = append(r.Warnings, result.Warnings...)
	a := NewAnswer(r.ID, r.Messages != nil, s.o.Now(), result)
	a.Node = s.Node()

	s.endStream(r)
	out := &outgoing{topic: r.ResponseTopic, qos: 1, class: final, payload: []byte(a.Text)}
	if out.topic == "" {
		out.topic = r.topic(topicResponse)
	}
	if r.Reply != FormText {
		out.payload = encode(a)
	}
	s.counters.answers.Add(1)
	s.finish(r, out, true)

	event := Event{Type: "completed", ID: r.ID, Client: r.Client, FinishReason: result.FinishReason}
	if result.FinishReason == FinishCancelled {
		event.Type = "cancelled"
	}
	if r.Last || r.Client == "" { // what is asked under a name is between the two of us
		event.Short = short(a.Text)
	}
	s.notify(r, event)
	early := result.FinishReason == FinishCancelled || result.FinishReason == FinishDeadline
	if r.Last && (a.Text != "" || !early) { // what ended before its first word is nothing to show
		s.retain(topicLast, Last{short(a.Text), a.Text, r.ID, result.FinishReason, a.Usage})
	}
}

// Fail answers a prompt with an error. Errors go to response[/client] in JSON,
// whatever form and place the answer was to have.
func (s *Service) Fail(r *Request, e *Error) {
	told := *e
	told.Message = Clean(cut(e.Message, maxMessage))
	if r.stream.seq > 0 {
		s.endStream(r)
	}
	s.counters.errors.Add(1)
	s.finish(r, &outgoing{
		topic:   r.topic(topicResponse),
		qos:     1,
		class:   final,
		payload: encode(failure{ID: r.ID, Status: "error", Error: &told, Warnings: r.Warnings, Node: s.Node()}),
	}, false)

	event := Event{Type: "refused", ID: r.ID, Client: r.Client, Error: &told}
	if e.Code.failed() {
		event.Type = "failed"
	}
	s.notify(r, event)
}

// Delivered waits until the broker has the reply of r and its acknowledgement is
// on its way, or until ctx is done. Whoever takes one prompt after the other waits
// for it in between: then no more than one is answered once more when we die.
func (s *Service) Delivered(ctx context.Context, r *Request) {
	if r.entry == nil || !s.Connected() {
		return
	}
	select {
	case <-r.entry.settled:
	case <-ctx.Done():
	}
}

const maxMessage = 1000 // bytes of an error's text

// Abandon gives a prompt back to the broker, which hands it over again on the
// next connection. It is for QoS 1.
func (s *Service) Abandon(r *Request) {
	if r.entry != nil {
		s.ledger.abandon(r.entry)
	}
}

// finish publishes the one reply of r and has its message acknowledged after.
func (s *Service) finish(r *Request, out *outgoing, remember bool) {
	out.sent = r.message.acknowledge
	if r.entry != nil {
		out.sent = func() { s.ledger.settle(r.entry, out, remember) }
	}
	if !s.send(out) {
		s.Abandon(r)
		s.askAgain(r)
	}
}

// askAgain breaks the connection, since only on another one the broker hands over
// again what is not acknowledged. Until then it would count r as being worked on.
func (s *Service) askAgain(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Kept() && s.up != nil {
		s.up.fail(errNoRoom)
	}
}

// notify tells those who only watch.
func (s *Service) notify(r *Request, e Event) {
	if r.entry != nil {
		s.Status(r, Done, 0, 100)
	}
	s.send(&outgoing{topic: s.topic(topicEvent, ""), qos: 1, class: notice, payload: encode(e)})
}

// Stream publishes a piece of an answer to those who asked for it.
func (s *Service) Stream(r *Request, text string) {
	for _, part := range r.stream.push(text, r.Fields.Stream, r.Plain, s.o.Now()) {
		s.sendPart(r, part, false)
	}
}

func (s *Service) endStream(r *Request) {
	if r.Fields.Stream == StreamPieces || r.Fields.Stream == StreamSentences {
		s.sendPart(r, r.stream.end(r.Plain), true)
	}
}

func (s *Service) sendPart(r *Request, text string, done bool) {
	s.send(&outgoing{
		topic:   r.topic(topicStream),
		class:   piece,
		payload: encode(StreamPart{r.ID, r.stream.seq, text, done}),
	})
	r.stream.seq++
}

// Status publishes how far a prompt is: its place in the queue, or the percent
// of it that is read. Too frequent calls are left out.
func (s *Service) Status(r *Request, state State, position, progress int) {
	status := Status{r.ID, state, position, progress}
	if r.status.news(status, s.o.Now()) {
		s.send(&outgoing{topic: r.topic(topicStatus), class: piece, payload: encode(status)})
	}
}

// statusLimit remembers what was said last. The reader and the one who generates
// may both speak about a request, and the reader too late.
type statusLimit struct {
	mu   sync.Mutex
	last Status
	at   time.Time
}

func (l *statusLimit) news(s Status, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s == l.last || s.State.step() < l.last.State.step() ||
		s.State == Prefill && l.last.State == Prefill && now.Sub(l.at) < publishEvery {
		return false
	}
	l.last, l.at = s, now
	return true
}

// SetInfo and SetHealth replace what stands on the retained topics info and
// health. Instance, node and counters are filled in.
func (s *Service) SetInfo(i Info) {
	i.Instance, i.Node = s.o.Instance, s.Node()
	i.Message = Clean(i.Message)
	s.retain(topicInfo, i)
}

func (s *Service) SetHealth(h Health) {
	h.Counters = s.counters.read()
	s.retain(topicHealth, h)
}

func (s *Service) retain(kind string, v any) {
	payload := encode(v)
	s.mu.Lock()
	defer s.mu.Unlock() // until it is sent: what stands there in the end is what came last
	s.retained[kind] = payload
	if s.up != nil { // else it is published with the next connection
		s.send(s.standing(kind, payload))
	}
}

// goOnline says that l is up and gives back what is to stand on the
// retained topics; from here on retain publishes by itself.
func (s *Service) goOnline(l *link) (standing []*outgoing) {
	s.outbox.setOnline(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up = l
	return s.standingNow()
}

// standingNow is what stands on the retained topics: the announcements, the state
// and the rest. The caller holds mu.
func (s *Service) standingNow() (standing []*outgoing) {
	if s.announced.Load() {
		standing = s.announcements()
	}
	standing = append(standing, s.standing(topicState, []byte(stateOnline)))
	for _, kind := range retainedKinds {
		if payload, ok := s.retained[kind]; ok {
			standing = append(standing, s.standing(kind, payload))
		}
	}
	return standing
}

// goOffline says that the connection is gone. One that ended before the backlog did
// makes what is left of it no younger.
func (s *Service) goOffline() {
	s.outbox.setOnline(false)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.up != nil && s.up.backlog.over.Load() {
		s.seen = s.o.Now()
	}
	s.up = nil
}

// standing is the message for a retained topic.
func (s *Service) standing(kind string, payload []byte) *outgoing {
	out := &outgoing{topic: s.topic(kind, ""), payload: payload, retained: true, standing: true, class: notice}
	if kind == topicState || kind == topicInfo {
		out.qos = 1
	}
	return out
}

func (s *Service) topic(kind, client string) string { return s.tree.Load().topic(kind, client) }

// send puts x where the connection finds it.
func (s *Service) send(x *outgoing) bool {
	ok := s.outbox.put(x)
	if !ok && x.class == final {
		if s.counters.dropped.Add(1) == 1 {
			s.o.Log.Warn("there is no room for more replies: what is not answered is taken again when the broker has some", "waiting", maxFinals)
		}
	}
	return ok
}

// counters are Counters while they count.
type counters struct {
	prompts, answers, errors, replayed, retained, echoes, dropped, connections atomic.Uint64
}

func (c *counters) read() Counters {
	return Counters{
		Prompts:     c.prompts.Load(),
		Answers:     c.answers.Load(),
		Errors:      c.errors.Load(),
		Replayed:    c.replayed.Load(),
		Retained:    c.retained.Load(),
		Echoes:      c.echoes.Load(),
		Dropped:     c.dropped.Load(),
		Connections: c.connections.Load(),
	}
}
