package discover

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/mtasts"
)

// Fetcher fetches policies of MTA-STS as senders do (RFC 8461, Section 3.3). The zero value does so by the roots of this machine.
type Fetcher struct {
	Roots   *x509.CertPool
	Timeout time.Duration // for all of it; default a minute, as the RFC suggests
	Port    int           // of HTTPS; default 443
	// Allow says whether an address may be connected to; nil: every one.
	Allow func(netip.Addr) bool
}

// policy fetches the policy of a domain.
func (f Fetcher) policy(ctx context.Context, r resolve.Resolver, domain string) evidence.Fact[evidence.STSPolicy] {
	if f.Timeout == 0 {
		f.Timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	host := "mta-sts." + domain
	v := evidence.STSPolicy{URL: "https://" + host + "/.well-known/mta-sts.txt"}
	text, err := f.fetch(ctx, r, host, v.URL)
	if errors.Is(ctx.Err(), context.Canceled) {
		return evidence.Fact[evidence.STSPolicy]{State: evidence.Unknown, Why: "interrupted"}
	}
	if err != nil {
		v.Fault = err.Error()
		return known(v)
	}
	v.Text = string(text)
	p, err := mtasts.ParsePolicy(text)
	if err != nil {
		v.Fault = err.Error()
		return known(v)
	}
	v.Mode, v.MX, v.MaxAge, v.Notes = string(p.Mode), p.MX, p.MaxAge, p.Notes
	return known(v)
}

var errRedirect = errors.New("the server sends to another address, which senders must not follow")

func (f Fetcher) fetch(ctx context.Context, r resolve.Resolver, host, url string) ([]byte, error) {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: f.Roots, ServerName: host, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true,
		MaxResponseHeaderBytes: 64 << 10, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return f.dial(ctx, r, host) }}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	switch {
	case errors.Is(err, errRedirect):
		return nil, errRedirect
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("no answer within %v", f.Timeout)
	case err != nil:
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	if media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || media != "text/plain" {
		return nil, fmt.Errorf("the media type is %q: want text/plain", resp.Header.Get("Content-Type"))
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, mtasts.MaxPolicy+1))
	if err == nil {
		err = ctx.Err() // a server that learns of the end of our patience may end what it says
	}
	if err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	return text, nil
}

// dial connects to the first address of host that answers.
func (f Fetcher) dial(ctx context.Context, r resolve.Resolver, host string) (net.Conn, error) {
	port := f.Port
	if port == 0 {
		port = 443
	}
	last := errors.New("the DNS knows no address of " + host)
	var dialer net.Dialer
	for _, t := range []resolve.Type{resolve.AAAA, resolve.A} {
		a, err := r.Lookup(ctx, fqdn(host), t)
		if err != nil {
			last = err
			continue
		}
		for _, addr := range a.Addresses() {
			if f.Allow != nil && !f.Allow(addr) {
				last = fmt.Errorf("%v is no public address", addr)
				continue
			}
			conn, err := dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(addr, uint16(port)).String())
			if err == nil {
				return conn, nil
			}
			last = err
		}
	}
	return nil, last
}
