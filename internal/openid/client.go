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
// address that is about to be dialled. It follows nobody elsewhere.
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
		Transport:     bounded{&http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: answerTime, MaxResponseHeaderBytes: 64 << 10}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the provider sends us elsewhere") },
	}
}

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

// bounded ends answers that are too long.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, answerBytes), res.Body}
	}
	return res, err
}
