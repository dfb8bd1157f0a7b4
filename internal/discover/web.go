package discover

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mailtls/mailtls/internal/resolve"
)

// Fetcher fetches what the web servers of a domain have to say. The zero value trusts the roots of this machine.
type Fetcher struct {
	Roots   *x509.CertPool
	Timeout time.Duration // for a policy of MTA-STS, all of it; default a minute, as RFC 8461, Section 3.3, suggests
	Port    int           // of HTTPS; default 443
	Plain   int           // of HTTP; default 80
	// Allow says whether an address may be connected to; nil: every one.
	Allow func(netip.Addr) bool
	// Admit is asked before each connection, by the name that the aliases of its host end in, and waits until it may be made. leave is
	// called when the connection has ended. The error is that of ctx. nil: nobody is asked.
	Admit func(ctx context.Context, host string, address netip.Addr) (leave func(), err error)
}

const (
	maxHeader = 64 << 10 // bytes in the header of an answer
	maxDials  = 4        // addresses of a web server that are tried
)

// A wish is what is asked of a web server.
type wish struct {
	url       string
	post      string // what is sent, as text/xml; "" asks with GET
	limit     int64  // bytes of the answer that are read
	redirects int    // that are followed: to HTTPS alone, and to its usual port
	timeout   time.Duration
	patience  *patience // while it is asked
}

// A page is what came back.
type page struct {
	status, media string
	code          int
	body          []byte            // one byte more than the limit, if there are more
	certificate   *x509.Certificate // that the server showed, also if it was not taken; nil: none
}

// errPrivate is the end of the reason why a web server was not asked.
var errPrivate = errors.New("is not public: --allow-private asks there")

var errRedirect = errors.New("the server sends to another address, which is not to be followed")

// fetch does what w says. The page says what was seen also where there is an error.
func (f Fetcher) fetch(ctx context.Context, r resolve.Resolver, w wish) (page, error) {
	ctx, patience := newPatience(ctx, w.timeout)
	defer patience.end()
	w.patience = patience
	var shown atomic.Pointer[x509.Certificate] // by a connection that may outlive all of this
	seen := func(s tls.ConnectionState) error {
		shown.Store(s.PeerCertificates[0])
		return nil
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: f.Roots, MinVersion: tls.VersionTLS12, VerifyConnection: seen}, DisableKeepAlives: true,
		DisableCompression: true, MaxResponseHeaderBytes: maxHeader, DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			return f.dial(ctx, r, address, w) // with our own context: that of the dial does not end with this
		}}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: w.follow}
	resp, err := w.send(ctx, &client)
	p := page{certificate: shown.Load()}
	if failed, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(failed.UnverifiedCertificates) > 0 {
		p.certificate = failed.UnverifiedCertificates[0]
	}
	if err != nil {
		return p, w.reason(err)
	}
	defer resp.Body.Close()
	p.status, p.code, p.media = resp.Status, resp.StatusCode, resp.Header.Get("Content-Type")
	p.body, err = io.ReadAll(io.LimitReader(resp.Body, w.limit+1))
	if err == nil {
		err = ctx.Err() // a server that learns of the end of our patience may end what it says
	}
	if err != nil {
		return p, fmt.Errorf("reading the answer: %w", w.reason(err))
	}
	return p, nil
}

func (w wish) send(ctx context.Context, client *http.Client) (*http.Response, error) {
	method := http.MethodGet
	if w.post != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, w.url, bytes.NewReader([]byte(w.post)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "mailtls")
	if w.post != "" {
		req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	}
	return client.Do(req)
}

// follow decides about redirects.
func (w wish) follow(next *http.Request, before []*http.Request) error {
	if len(before) > w.redirects || next.URL.Scheme != "https" || next.URL.Port() != "" && next.URL.Port() != "443" || next.URL.User != nil {
		return errRedirect
	}
	return nil
}

// silence is an error that tells of no fault of the server's: nothing came back, or the way there is closed from here.
type silence struct{ error }

func (s silence) Unwrap() error { return s.error }

// closed are the errors of the network here; the latter two tell that there is no IPv6.
func closed(err error) bool {
	return errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH) ||
		errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

// late reports whether err is that nothing came in time.
func late(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && e.Timeout()
}

// reason says what is wrong without the address, which is known.
func (w wish) reason(err error) error {
	if late(err) || w.patience.isOver() {
		return silence{fmt.Errorf("no answer within %v", w.timeout)}
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// dial connects to the first address of a host that answers. If none does, an address that was only silent counts before one that
// refuses, as it may answer others.
func (f Fetcher) dial(ctx context.Context, r resolve.Resolver, address string, w wish) (net.Conn, error) {
	host, scheme, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port := map[string]int{"443": cmp.Or(f.Port, 443), "80": cmp.Or(f.Plain, 80)}[scheme]
	last := errors.New("the DNS knows no address of " + host)
	failed := func(err error) {
		if _, silent := errors.AsType[silence](last); !silent {
			last = err
		}
	}
	dials := 0
	for _, t := range []resolve.Type{resolve.AAAA, resolve.A} {
		a, err := r.Lookup(ctx, fqdn(bare(host)), t)
		if err != nil {
			failed(silence{err})
			continue
		}
		for _, addr := range a.Addresses() {
			if f.Allow != nil && !f.Allow(addr) {
				failed(fmt.Errorf("its address %v %w", addr, errPrivate))
				continue
			}
			if dials++; dials > maxDials {
				return nil, last
			}
			conn, err := f.connect(ctx, bare(a.Canonical()), netip.AddrPortFrom(addr, uint16(port)), w)
			if err == nil || ctx.Err() != nil {
				return conn, err
			}
			if closed(err) || late(err) {
				err = silence{err}
			}
			failed(err)
		}
	}
	return nil, last
}
