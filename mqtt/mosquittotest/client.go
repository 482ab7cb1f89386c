package mosquittotest

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const patience = 15 * time.Second // for anything that takes milliseconds on a quiet machine

// Message is a message as a client sees it.
type Message struct {
	Topic, Payload string
	QoS            byte
	Retained       bool
	Dup            bool // the broker may have sent it before
}

// Client hears everything on its filter and may publish. It outlives restarts of
// its broker.
type Client struct {
	t    testing.TB
	paho paho.Client

	mu    sync.Mutex
	heard []Message
	given map[string]int // by topic, how many Next has given
}

// Listen connects a client that subscribes to filter. It leaves when the test
// ends.
func Listen(t testing.TB, url, filter string) *Client {
	t.Helper()
	c := &Client{t: t, given: map[string]int{}}
	var id [6]byte
	rand.Read(id[:])
	subscribed := make(chan struct{}, 100)
	o := paho.NewClientOptions().AddBroker(url).SetClientID("test-" + hex.EncodeToString(id[:])).SetCleanSession(false).
		SetMaxReconnectInterval(100 * time.Millisecond).SetProtocolVersion(4).
		SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.heard = append(c.heard, Message{m.Topic(), string(m.Payload()), m.Qos(), m.Retained(), m.Duplicate()})
		}).
		SetOnConnectHandler(func(p paho.Client) {
			p.Subscribe(filter, 1, nil).Wait()
			select {
			case subscribed <- struct{}{}:
			default:
			}
		})
	c.paho = paho.NewClient(o)
	if token := c.paho.Connect(); !token.WaitTimeout(patience) || token.Error() != nil {
		t.Fatal("the test's own client cannot connect: ", token.Error())
	}
	select {
	case <-subscribed:
	case <-time.After(patience):
		t.Fatal("the test's own client cannot subscribe")
	}
	t.Cleanup(func() { c.paho.Disconnect(0) })
	return c
}

// Publish waits until the broker has the message.
func (c *Client) Publish(topic string, qos byte, retained bool, payload string) {
	c.t.Helper()
	if token := c.paho.Publish(topic, qos, retained, payload); !token.WaitTimeout(patience) || token.Error() != nil {
		c.t.Fatal("publish: ", token.Error())
	}
}

// Post publishes without waiting.
func (c *Client) Post(topic string, qos byte, payload string) {
	c.paho.Publish(topic, qos, false, payload)
}

// Next is the oldest message on topic that it has not given yet.
func (c *Client) Next(topic string) Message {
	c.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		if list := c.On(topic); len(list) > c.given[topic] {
			c.given[topic]++
			return list[c.given[topic]-1]
		}
		if time.Now().After(end) {
			c.t.Fatalf("nothing more came on %s; of %d messages in all, %d were given", topic, len(c.On("")), c.given[topic])
		}
	}
}

// On is everything heard on topic, or on all topics for "".
func (c *Client) On(topic string) (list []Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.heard {
		if topic == "" || m.Topic == topic {
			list = append(list, m)
		}
	}
	return list
}

// Last is the payload of the newest message on topic, "" before the first.
func (c *Client) Last(topic string) string {
	list := c.On(topic)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].Payload
}

// From is what was heard on all topics after the first n messages.
func (c *Client) From(n int) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.heard[n:])
}
