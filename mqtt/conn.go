package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const (
	connectTimeout = 15 * time.Second // for TCP, TLS and the CONNACK
	replyTimeout   = 20 * time.Second // for a SUBACK or PUBACK
)

// conn is a paho client for as long as one connection lives. paho's own
// reconnecting and store stay unused, so nothing of it outlives the connection.
type conn struct {
	client      paho.Client
	sessionKept bool            // the broker had a session of ours
	alive       context.Context // done with the connection; its cause is why
	fail        context.CancelCauseFunc
}

// open connects. What o leaves open, or paho would do otherwise, is set here.
// mark is for stand-ins, see guard. When ctx ends while it dials, it gives up;
// afterwards ctx has no say.
func (b *Broker) open(ctx context.Context, o *paho.ClientOptions, maxPacket int, mark []byte) (*conn, error) {
	c := &conn{}
	c.alive, c.fail = context.WithCancelCause(context.WithoutCancel(ctx))
	abort := func() bool { return true }

	o.AddBroker(b.URL)
	o.SetUsername(b.Username)
	o.SetPassword(b.Password)
	o.SetProtocolVersion(4)   // 3.1.1; without it paho falls back to 3.1 by itself
	o.SetOrderMatters(true)   // else each message is a goroutine of its own
	o.SetAutoReconnect(false) // see Service.Run
	o.SetConnectRetry(false)
	o.SetResumeSubs(false)
	o.SetKeepAlive(30 * time.Second)
	o.SetPingTimeout(10 * time.Second)
	o.SetConnectTimeout(connectTimeout)
	o.SetWriteTimeout(stallTimeout)
	o.SetConnectionLostHandler(func(_ paho.Client, err error) { c.fail(cause(err)) })
	o.SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
		network, err := b.dial(ctx)
		if err != nil {
			return nil, err
		}
		abort = context.AfterFunc(ctx, func() { network.Close() }) // who accepts may stay silent
		return newGuard(network, maxPacket, mark), nil
	})

	c.client = paho.NewClient(o)
	token := c.client.Connect().(*paho.ConnectToken)
	<-token.Done() // bounded by connectTimeout, and by ctx
	abort()
	if err := token.Error(); err != nil {
		c.drop(err)
		return nil, cause(err)
	}
	c.sessionKept = token.SessionPresent()
	return c, nil
}

// dial opens the network connection.
func (b *Broker) dial(ctx context.Context) (net.Conn, error) {
	u, scheme, err := b.parse()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var config *tls.Config
	if scheme.encrypted {
		if config, err = b.TLS.config(u.Hostname()); err != nil {
			return nil, err
		}
	}
	if scheme.web {
		return paho.NewWebsocket(u.String(), config, connectTimeout, nil, nil)
	}
	network, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
	if err != nil || !scheme.encrypted {
		return network, err
	}
	encrypted := tls.Client(network, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		network.Close()
		return nil, &handshakeError{err}
	}
	return encrypted, nil
}

// handshakeError is a TCP connection that did not become an encrypted one.
type handshakeError struct{ error }

func (e *handshakeError) Unwrap() error { return e.error }

// subscribe asks for one filter, which is as many as the guard expects the broker
// to answer for.
func (c *conn) subscribe(sub subscription) (granted byte, err error) {
	token := c.client.Subscribe(sub.filter, sub.qos, nil).(*paho.SubscribeToken)
	if err := c.wait(token, "SUBACK"); err != nil {
		return 0, err
	}
	for _, granted := range token.Result() { // the one; paho shortens the name of a shared one
		if granted <= 2 { // 0x80 is a refusal
			return granted, nil
		}
	}
	return 0, &refusedError{sub.filter}
}

// publish sends x and waits until the broker has it.
func (c *conn) publish(x *outgoing) error {
	return c.wait(c.client.Publish(x.topic, x.qos, x.retained, x.wire()), "PUBACK")
}

// wait bounds the wait for a token: paho leaves some of a lost connection open.
func (c *conn) wait(token paho.Token, what string) error {
	timer := time.NewTimer(replyTimeout)
	defer timer.Stop()
	select {
	case <-token.Done(): // looked at first: the end of a connection does not undo what it brought
	default:
		select {
		case <-token.Done():
		case <-c.alive.Done():
			return context.Cause(c.alive)
		case <-timer.C:
			return frameError("the broker sent no %s for %v", what, replyTimeout)
		}
	}
	if token.Error() == nil {
		return nil
	}
	timer.Reset(time.Second)
	select { // the token knows that the connection is lost; why, we hear in a moment
	case <-c.alive.Done():
		return context.Cause(c.alive)
	case <-timer.C:
		return token.Error()
	}
}

// drop ends the connection at once, so that the broker publishes our will.
func (c *conn) drop(err error) {
	c.fail(err)
	c.client.Disconnect(0)
}

// leave ends it in order.
func (c *conn) leave() {
	c.client.Disconnect(250)
	c.fail(errLeaving)
}

var (
	errLeaving = errors.New("leaving")
	errNoRoom  = errors.New("the broker takes no replies, and there is no room for more")
)

// cause is what stands behind paho's "network Error : ...".
func cause(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if list := joined.Unwrap(); len(list) > 1 {
			return list[len(list)-1]
		}
	}
	if err == nil {
		return errors.New("the connection was lost")
	}
	return err
}
