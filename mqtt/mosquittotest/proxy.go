package mosquittotest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy stands between a client and the broker, so that a test can break a
// connection that both ends would keep.
type Proxy struct {
	target   string
	listener net.Listener

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// NewProxy listens on a free port of 127.0.0.1 until the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{target: target, listener: l, conns: map[net.Conn]bool{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.pass(client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.Cut()
		wg.Wait()
	})
	return p
}

// URL is where a client finds the broker behind the proxy.
func (p *Proxy) URL() string { return "mqtt://" + p.listener.Addr().String() }

// Cut resets every connection: neither end hears a word of parting.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		if tcp, is := conn.(*net.TCPConn); is {
			tcp.SetLinger(0)
		}
		conn.Close()
	}
}

func (p *Proxy) pass(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		client.Close()
		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[server] = true, true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.conns, client)
		delete(p.conns, server)
		p.mu.Unlock()
	}()
	var wg sync.WaitGroup
	wg.Go(func() {
		io.Copy(server, client)
		server.Close()
	})
	io.Copy(client, server)
	client.Close()
	wg.Wait()
}
