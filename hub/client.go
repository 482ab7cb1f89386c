package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	maxRedirects = 5
	maxHeader    = 64 << 10 // bytes of a response's head
	maxWait      = 5 * time.Minute
)

// newHTTP makes a client that follows no redirect by itself, since where the token
// goes is decided at each of them, and that takes nothing compressed, since a
// few bytes could become gigabytes.
func newHTTP(s Settings) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.DisableCompression = true
	t.MaxResponseHeaderBytes = maxHeader
	t.ResponseHeaderTimeout = s.Answer
	t.TLSHandshakeTimeout = s.Answer
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send asks for u and follows redirects. until ends that early: it says of an answer
// that it is the one that was wanted, redirect or not; nil is never.
//
// An answer is one of 2xx, or of 3xx where until wanted it; its body must be closed.
// Everything else is an error, a *StatusError below it where a server refused.
func (c *client) send(ctx context.Context, method string, u *url.URL, header http.Header, until func(*http.Response) bool) (*http.Response, error) {
	ours := c.settings.mayCarry(u)
	for range maxRedirects + 1 {
		r, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
		if err != nil {
			return nil, err
		}
		if r.Header = header.Clone(); header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set("Accept-Encoding", "identity")
		r.Header.Set("User-Agent", "llamad")
		// Once somebody else had a say in where to go, the token stays here.
		if ours = ours && c.settings.mayCarry(u); ours {
			r.Header.Set("Authorization", "Bearer "+c.settings.Token)
		}
		resp, err := c.http.Do(r)
		if err != nil {
			return nil, connectError(ctx, u, err)
		}
		if resp.StatusCode/100 == 2 || resp.StatusCode/100 == 3 && until != nil && until(resp) {
			return accept(resp)
		}
		resp.Body.Close()
		if resp.StatusCode/100 != 3 || resp.Header.Get("Location") == "" {
			return nil, refusal(resp)
		}
		next, err := u.Parse(resp.Header.Get("Location"))
		switch {
		case err != nil || next.Host == "" || next.User != nil:
			return nil, &Error{Text: fmt.Sprintf("%s redirects to a place that is no address", u.Host)}
		case u.Scheme == "https" && next.Scheme != "https":
			return nil, &Error{Text: fmt.Sprintf("%s redirects to %s without encryption", u.Host, clip(next.Host))}
		}
		if err := c.settings.permit(next); err != nil {
			return nil, &Error{Text: u.Host + " redirects", Err: err}
		}
		u = next
	}
	return nil, &Error{Text: fmt.Sprintf("%s redirects more than %d times", u.Host, maxRedirects)}
}

// accept refuses an answer whose body is not the bytes themselves.
func accept(resp *http.Response) (*http.Response, error) {
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		resp.Body.Close()
		return nil, &Error{Text: fmt.Sprintf("%s sends the file compressed (%s), expected its bytes as they are", resp.Request.URL.Host, clip(e))}
	}
	return resp, nil
}

// connectError says of a failure of the connection whose it was. The address that
// net/http puts into its own may hold a signature, which is nobody's business.
func connectError(ctx context.Context, u *url.URL, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var trust *tls.CertificateVerificationError
	if errors.As(err, &trust) {
		return &Error{Text: u.Host, Err: err, Cure: "is the clock of this machine right? Else something in between reads along"}
	}
	var name *net.DNSError
	unknown := errors.As(err, &name) && name.IsNotFound
	return &passing{error: &Error{Text: u.Host, Err: err, Cure: "is this machine online? A proxy goes into HTTPS_PROXY, another hub into HF_ENDPOINT"}, once: unknown}
}

// refusal is what a status says.
func refusal(resp *http.Response) error {
	host := resp.Request.URL.Host
	err := &StatusError{Code: resp.StatusCode, Kind: clip(resp.Header.Get("X-Error-Code")), Host: host}
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests:
		return &passing{error: &Error{Err: err, Cure: "wait some minutes, or set HF_TOKEN: the hub gives more to whom it knows"}, after: retryAfter(resp)}
	case code >= 500 || code == http.StatusRequestTimeout:
		return &passing{error: &Error{Err: err, Cure: "the fault is at the other end: try again later, it goes on where it was"}, after: retryAfter(resp)}
	}
	return err
}

// statusText is the standard's word, never the server's own.
func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return text
	}
	return "(no such status)"
}

// retryAfter reads Retry-After, in seconds or as a date.
func retryAfter(resp *http.Response) time.Duration {
	text := resp.Header.Get("Retry-After")
	wait := time.Duration(0)
	if n, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(min(max(n, 0), int(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), maxWait)
}

// readBody reads a small body whole; one of more than limit bytes is refused.
func readBody(r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = &Error{Text: fmt.Sprintf("the hub sends more than the %d bytes that are expected at most", limit)}
	}
	return text, err
}
