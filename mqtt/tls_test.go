package mqtt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// authority signs certificates for a test and writes them to files.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // its own certificate
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	a.key = a.newKey()
	a.cert = a.sign(template, template, a.key, a.key)
	a.file = a.write("ca.pem", "CERTIFICATE", a.cert.Raw)
	return a
}

func (a *authority) newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a *authority) sign(template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert
}

// issue makes a certificate for host that is valid from now+from to now+until.
func (a *authority) issue(name, host string, from, until time.Duration) (certFile, keyFile string) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(until),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	key := a.newKey()
	cert := a.sign(template, a.cert, key, a.key)
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.write(name+".pem", "CERTIFICATE", cert.Raw), a.write(name+".key", "EC PRIVATE KEY", der)
}

func (a *authority) write(name, kind string, der []byte) string {
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// soon is for brokers that are to be tried again and again.
var soon = pauses{first: 20 * time.Millisecond, longest: 100 * time.Millisecond, broken: 20 * time.Millisecond}

func TestTLS(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	a := newAuthority(t)
	clientCert, clientKey := a.issue("client", "llamad", -day, day)
	for _, test := range []struct {
		name        string
		host        string
		from, until time.Duration
		tls         TLS
		lines       []string
		want        string // in the log, "" for a connection
	}{
		{"good", "127.0.0.1", -day, day, TLS{CA: a.file}, nil, ""},
		{"with a client certificate", "127.0.0.1", -day, day, TLS{a.file, clientCert, clientKey}, []string{"require_certificate true"}, ""},
		{"without the client certificate", "127.0.0.1", -day, day, TLS{CA: a.file}, []string{"require_certificate true"}, "set mqtt.tls.cert"},
		{"signed by a stranger", "127.0.0.1", -day, day, TLS{}, nil, "set mqtt.tls.ca"},
		{"for another host", "hub.lan", -day, day, TLS{CA: a.file}, nil, "is for another name"},
		{"expired", "127.0.0.1", -2 * day, -day, TLS{CA: a.file}, nil, "has expired"},
		{"not valid yet", "127.0.0.1", day, 2 * day, TLS{CA: a.file}, nil, "this machine's clock says"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cert, key := a.issue(strings.ReplaceAll(test.name, " ", "-"), test.host, test.from, test.until)
			b := mosquittotest.Start(t, append([]string{"cafile " + a.file, "certfile " + cert, "keyfile " + key}, test.lines...)...)
			h := &house{t: t, url: "mqtts://" + b.Addr(), pauses: soon}
			h.start(func(o *Options) { o.Broker.TLS = test.tls })
			if test.want == "" {
				h.online()
				return
			}
			h.eventually("the log says "+test.want, func() bool { return strings.Contains(h.log.String(), test.want) })
			if h.s.Connected() {
				t.Error("it is connected all the same")
			}
		})
	}
}

// A certificate that was renewed is shown at the next connection, without a
// restart.
func TestRenewedCertificate(t *testing.T) {
	t.Parallel()
	a, stranger := newAuthority(t), newAuthority(t)
	cert, key := a.issue("server", "127.0.0.1", -time.Hour, time.Hour)
	b := mosquittotest.Start(t, "cafile "+a.file, "certfile "+cert, "keyfile "+key, "require_certificate true")
	ours := TLS{CA: a.file}
	ours.Cert, ours.Key = stranger.issue("client", "llamad", -time.Hour, time.Hour)
	h := &house{t: t, url: "mqtts://" + b.Addr(), pauses: soon}
	h.start(func(o *Options) { o.Broker.TLS = ours })
	h.eventually("the broker does not trust it", func() bool { return strings.Contains(h.log.String(), "set mqtt.tls.cert") })
	cert, key = a.issue("client", "llamad", -time.Hour, time.Hour)
	if err := errors.Join(os.Rename(key, ours.Key), os.Rename(cert, ours.Cert)); err != nil {
		t.Fatal(err)
	}
	h.online()
}

// Nothing older than TLS 1.2 is spoken.
func TestTLSIsNotOld(t *testing.T) {
	a := newAuthority(t)
	certFile, keyFile := a.issue("old", "127.0.0.1", -time.Hour, time.Hour)
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	for version, welcome := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true} {
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: version})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			if conn, err := l.Accept(); err == nil {
				_ = conn.(*tls.Conn).Handshake()
				conn.Close()
			}
		})
		b := Broker{URL: "mqtts://" + l.Addr().String(), TLS: TLS{CA: a.file}}
		conn, err := b.dial(t.Context())
		if (err == nil) != welcome {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			conn.Close()
		} else if !strings.Contains(cure(err), "TLS 1.2") {
			t.Errorf("%s: the cure for %v is %q", tls.VersionName(version), err, cure(err))
		}
		l.Close()
		wg.Wait()
	}
}

// A password over a plain connection is worth a word, unless it stays on this
// machine.
func TestPlaintextPassword(t *testing.T) {
	for _, test := range []struct {
		url, password string
		warns         bool
	}{
		{"mqtt://hub.lan", "canary", true},
		{"ws://192.168.1.2", "canary", true},
		{"mqtts://hub.lan", "canary", false},
		{"mqtt://hub.lan", "", false},
		{"mqtt://localhost", "canary", false},
		{"mqtt://127.0.0.5", "canary", false},
		{"mqtt://[::1]", "canary", false},
	} {
		log := &mosquittotest.Log{}
		s := &Service{o: Options{Broker: Broker{URL: test.url, Username: "llamad", Password: test.password}, Log: slog.New(slog.NewTextHandler(log, nil))}}
		s.warnPlaintext()
		if strings.Contains(log.String(), "travels unencrypted") != test.warns || strings.Contains(log.String(), "canary") {
			t.Errorf("%+v: %q", test, log)
		}
	}
}

func TestTLSFiles(t *testing.T) {
	a := newAuthority(t)
	cert, key := a.issue("client", "llamad", -time.Hour, time.Hour)
	for _, test := range []struct {
		tls  TLS
		want string
	}{
		{TLS{}, ""},
		{TLS{a.file, cert, key}, ""},
		{TLS{CA: filepath.Join(a.dir, "none.pem")}, "mqtt.tls.ca"},
		{TLS{CA: key}, "holds no certificate"},
		{TLS{Cert: cert}, "go together"},
		{TLS{Cert: cert, Key: cert}, "mqtt.tls.key"},
	} {
		b := Broker{URL: "mqtts://hub.lan", TLS: test.tls}
		err := b.Check()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: %v, want %q", test.tls, err, test.want)
		}
	}
}

func TestBrokerAddresses(t *testing.T) {
	for _, test := range []struct{ url, host, want string }{
		{"mqtt://localhost", "localhost:1883", ""},
		{"tcp://hub.lan:1884", "hub.lan:1884", ""},
		{"mqtts://hub.lan", "hub.lan:8883", ""},
		{"ws://[::1]/mqtt", "[::1]:80", ""},
		{"wss://hub.lan/mqtt", "hub.lan:443", ""},
		{"hub.lan:1883", "", "expected an address"},
		{"http://hub.lan", "", "expected an address"},
		{"mqtt://", "", "expected an address"},
		{"mqtt://me:canary@hub.lan", "", "mqtt.username"},
		{"mqtt://me:canary@hub.lan:port", "", "not an address"},
	} {
		u, _, err := (&Broker{URL: test.url}).parse()
		switch {
		case test.want == "" && (err != nil || u.Host != test.host):
			t.Errorf("%s: %v, %v; want %s", test.url, u, err, test.host)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary")):
			t.Errorf("%s: %v, want an error with %q", test.url, err, test.want)
		}
	}
}
