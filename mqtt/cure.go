package mqtt

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// refusedError is a broker that does not let us do what we need.
type refusedError struct{ filter string }

func (e *refusedError) Error() string {
	return fmt.Sprintf("the broker refused the subscription to %s", e.filter)
}

// cure says what a person can do about a connection that fails, "" when nothing
// is known.
func cure(err error) string {
	var (
		host      x509.HostnameError
		unknown   x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		remote    *net.OpError // of crypto/tls, for what the other end complains about
		dns       *net.DNSError
		refused   *refusedError
		handshake *handshakeError
		verified  = errors.As(err, &invalid)
	)
	switch {
	case errors.Is(err, packets.ErrorRefusedBadUsernameOrPassword), errors.Is(err, packets.ErrorRefusedNotAuthorised):
		return "the broker did not accept us: set mqtt.username and a password (mqtt.password_file), or let the broker allow anonymous clients"
	case errors.Is(err, packets.ErrorRefusedIDRejected):
		return "the broker does not accept our client id: see its rules for client ids"
	case errors.As(err, &refused):
		return "let the broker's access list allow this user to read and write all below <prefix>/<node>, and below <prefix>/<group> in a pool"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "no broker listens there: install one (apt-get install mosquitto), use the one inside llamad (broker.enabled), or set mqtt.broker"
	case errors.As(err, &dns):
		return "the name of the broker is not known: set mqtt.broker, or use its address"
	case errors.As(err, &host):
		return "the broker's certificate is for another name: set mqtt.broker to a name that it has"
	case errors.As(err, &unknown):
		return "nobody we trust signed the broker's certificate: set mqtt.tls.ca to the certificate of who did"
	case verified && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return fmt.Sprintf("the broker's certificate is not valid yet: this machine's clock says %s; a Raspberry Pi without network time starts in the past", time.Now().Format(time.DateTime))
	case verified && invalid.Reason == x509.Expired:
		return "the broker's certificate has expired: renew it"
	case errors.As(err, &handshake) && strings.Contains(err.Error(), "protocol version"): // crypto/tls has no type for it
		return "the broker's TLS is older than TLS 1.2, which is the least that is safe: update it"
	case errors.As(err, &remote) && remote.Op == "remote error" && strings.Contains(err.Error(), "certificate"):
		return "the broker asks for a certificate of ours that it trusts: set mqtt.tls.cert and mqtt.tls.key"
	case errors.As(err, &record), errors.As(err, &handshake) && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)):
		return "the broker does not speak TLS at this port: use mqtt:// or the port for TLS (8883)"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "the network does not lead there: check mqtt.broker and this machine's network"
	}
	return ""
}
