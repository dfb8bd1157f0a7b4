package openid

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/mailtls/mailtls/internal/public"
)

// What a provider may take, and answer with.
const (
	answerTime  = 10 * time.Second
	answerBytes = 1 << 20
)

// guarded is a client that goes to public addresses, and to those in private; where nothing is encrypted, to the latter alone. That is looked at for each
// address that is about to be dialled. Where something is encrypted, all is: a provider names further addresses itself. It follows nobody elsewhere.
func guarded(private []netip.Prefix, plain bool) *http.Client {
	dialer := &net.Dialer{Timeout: answerTime, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %q: %w", address, err)
		}
		return admit(a.Addr(), private, plain)
	}}
	return &http.Client{
		Timeout:       answerTime,
		Transport:     bounded{plain, &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: answerTime, MaxResponseHeaderBytes: 64 << 10}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the provider sends us elsewhere") },
	}
}

// errPlain says that a provider names an address without TLS, where it has it itself.
var errPlain = errors.New("the provider names an address without TLS, and needs https there as for itself")

func admit(a netip.Addr, private []netip.Prefix, plain bool) error {
	if slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) }) {
		return nil
	}
	switch {
	case !public.Address(a):
		return errors.New("the address of the provider is not public: --allow-private allows it")
	case plain:
		return errors.New("the address of the provider is public, and needs https")
	}
	return nil
}

// bounded ends answers that are too long, and keeps what is for a provider with https from going without.
type bounded struct {
	plain bool
	http.RoundTripper
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !b.plain && r.URL.Scheme != "https" {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errPlain
	}
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, answerBytes), res.Body}
	}
	return res, err
}
