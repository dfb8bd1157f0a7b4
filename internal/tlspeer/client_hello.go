package tlspeer

import (
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/tlswire"
)

// serverHello reads a ServerHello or HelloRetryRequest of TLS 1.3 with a suite that is implemented here.
func (c *client) serverHello() (*tlswire.ServerHello, error) {
	m, err := c.message()
	if err != nil {
		return nil, err
	}
	if m.Type != tlswire.TypeServerHello {
		return nil, nonsense(fmt.Errorf("%v in place of a server hello", m.Type))
	}
	h, err := tlswire.ParseServerHello(m.Body)
	if err != nil {
		return nil, err
	}
	if h.IsHelloRetryRequest() {
		c.Seen.HelloRetryRequest = &h
	} else {
		c.Seen.ServerHello = &h
	}
	if v := h.NegotiatedVersion(); v != tlswire.TLS13 {
		return nil, ended{EndVersion, fmt.Errorf("the server chose %v", v)}
	}
	var ok bool
	if c.suite, ok = suiteOf(h.Suite); !ok {
		return nil, unsupported(fmt.Errorf("the server chose the suite %v", h.Suite))
	}
	if h.IsHelloRetryRequest() {
		if err := c.transcript.retry(c.suite.newHash); err != nil {
			return nil, err
		}
	}
	return &h, c.transcript.add(m)
}

// retry answers a HelloRetryRequest and returns the ServerHello that follows (RFC 8446, Section 4.1.4).
func (c *client) retry(r *tlswire.ServerHello) (*tlswire.ServerHello, error) {
	if c.incoming.Pending() > 0 {
		return nil, nonsense(errSpans)
	}
	if err := c.amend(r); err != nil {
		return nil, err
	}
	message, err := c.composeHello()
	if err != nil {
		return nil, err
	}
	if err := c.sendCompatible(message, c.cfg.RecordSize); err != nil {
		return nil, err
	}
	h, err := c.serverHello()
	switch {
	case err != nil:
		return nil, err
	case h.IsHelloRetryRequest():
		return nil, nonsense(errors.New("a second hello retry request"))
	case h.Suite != r.Suite:
		return nil, nonsense(fmt.Errorf("suite %v behind a retry with %v", h.Suite, r.Suite))
	}
	return h, nil
}

// amend changes the hello as a HelloRetryRequest asks (RFC 8446, Section 4.1.2).
func (c *client) amend(r *tlswire.ServerHello) error {
	if e, ok := tlswire.Find(r.Extensions, tlswire.ExtensionKeyShare); ok {
		g, err := tlswire.ParseRetryKeyShare(e.Data)
		if err != nil {
			return err
		}
		if err := c.share([]tlswire.Group{g}); err != nil {
			return unsupported(err)
		}
	}
	c.hello.Extensions = withoutExtension(c.hello.Extensions, tlswire.ExtensionEarlyData)
	if c.ticket != nil && len(c.ticket.Secret) != c.suite.newHash().Size() {
		c.hello.Extensions, c.ticket = withoutExtension(c.hello.Extensions, tlswire.ExtensionPreSharedKey), nil
	}
	if e, ok := tlswire.Find(r.Extensions, tlswire.ExtensionCookie); ok {
		c.hello.Extensions = withExtension(c.hello.Extensions, e)
	}
	return nil
}

// agree completes the key exchange with the server's share; nil if a ticket takes its place.
func (c *client) agree(h *tlswire.ServerHello) ([]byte, error) {
	resumed, err := c.resumes(h)
	if err != nil {
		return nil, err
	}
	share, ok := h.KeyShare()
	switch {
	case !ok && resumed:
		return nil, nil
	case !ok:
		return nil, nonsense(errors.New("a server hello without a key share"))
	}
	k, ok := c.own[share.Group]
	if !ok {
		return nil, nonsense(fmt.Errorf("a key share for %v, which was not offered", share.Group))
	}
	return k.agree(share.Data)
}
