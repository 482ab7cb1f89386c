package mqtt

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"time"
)

// pauses are those between two connections. Each is twice the one before.
type pauses struct {
	first   time.Duration
	longest time.Duration
	broken  time.Duration // the longest where the broker took us in and then broke off
}

var usualPauses = pauses{first: 500 * time.Millisecond, longest: time.Minute, broken: 5 * time.Second}

// settled is how long a connection has to last to make up for earlier trouble.
const settled = 10 * time.Second

// Run keeps a connection to the broker until ctx is done, then publishes what
// waits and "offline", and leaves. A broker that is away is no error.
func (s *Service) Run(ctx context.Context) {
	s.warnPlaintext()
	complaint := complaints{log: s.o.Log}
	pause := s.pauses.first
	for number := 1; ; number++ {
		var lasted time.Duration
		l, err := s.connect(ctx, number)
		entered := err == nil
		if entered {
			complaint.over()
			began := time.Now()
			err = l.serve(ctx)
			lasted = time.Since(began)
		}
		if ctx.Err() != nil {
			return
		}
		switch {
		case lasted >= settled:
			pause = s.pauses.first
		case entered:
			pause = min(pause, s.pauses.broken)
		}
		pause = jitter(pause)
		complaint.about(err, s.o.Broker.URL, entered, pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, s.pauses.longest)
	}
}

// jitter keeps the daemons of a house from coming back all at once.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration(rand.Int64N(int64(d)/5+1))
}

// complaints logs the trouble with a broker: the first time, when it changes, and
// now and then.
type complaints struct {
	log  logger
	last string
	at   time.Time
}

type logger interface {
	Warn(msg string, args ...any)
	Debug(msg string, args ...any)
}

const complainAgain = 15 * time.Minute

func (c *complaints) over() { c.last = "" }

func (c *complaints) about(err error, broker string, entered bool, pause time.Duration) {
	message := "the broker cannot be reached; prompts wait until it is back"
	if entered {
		message = "the connection to the broker was lost"
	}
	args := []any{"broker", broker, "err", err, "retry_in", pause.Round(100 * time.Millisecond)}
	if hint := cure(err); hint != "" {
		args = append(args, "cure", hint)
	} else if entered && errors.Is(err, io.EOF) {
		args = append(args, "cure", "if this repeats, another client uses our client id: run llamad doctor")
	}
	if text := same(err); text != c.last || time.Since(c.at) >= complainAgain {
		c.last, c.at = text, time.Now()
		c.log.Warn(message, args...)
		return
	}
	c.log.Debug(message, args...)
}

// same is a text that is equal for equal trouble: without the addresses of the
// two ends, of which ours is another each time.
func same(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Op + " " + op.Err.Error()
	}
	return err.Error()
}

func (s *Service) warnPlaintext() {
	u, scheme, err := s.o.Broker.parse()
	if err == nil && s.o.Broker.Password != "" && !scheme.encrypted && !loopback(u) {
		s.o.Log.Warn("the password travels unencrypted: use mqtts://", "broker", s.o.Broker.URL)
	}
}
