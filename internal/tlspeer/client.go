package tlspeer

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/mailtls/mailtls/tlswire"
)

// ClientConfig says what a client sends.
type ClientConfig struct {
	// Hello is sent as it is, but for key shares. SessionID and Random are the caller's to fill in.
	Hello tlswire.ClientHello
	// Shares are the groups to send key shares for, in order: they replace the
	// key_share extension of Hello, or are added to it. GREASE values get one zero byte.
	// Nil leaves Hello alone; empty and not nil sends an empty list, so that the server
	// names its group in a HelloRetryRequest.
	Shares []tlswire.Group
	// RecordVersion is that of the first record; 0 means TLS 1.0 (RFC 8446, Section 5.1).
	RecordVersion tlswire.Version
	// RecordSize is the most bytes of a ClientHello in one record; 0 means as many as fit.
	RecordSize int
	// WriteHello, if set, writes the first ClientHello (a handshake message
	// without record headers) in place of the two fields above; nothing may be left out.
	WriteHello func(w io.Writer, hello []byte) error
	// Resume is offered in a pre_shared_key behind all other extensions, as long as the server wants no other hash. Which
	// ways to use it are offered is for psk_key_exchange_modes in Hello to say; early_data may be there, but no early data is ever sent.
	Resume *Ticket
	Limits Limits
}

// client is a client's handshake under way.
type client struct {
	*Session
	cfg    *ClientConfig
	hello  tlswire.ClientHello
	own    map[tlswire.Group]private
	ticket *Ticket // that is offered
}

// Client sends cfg.Hello over conn and reads the server's flight, up to its
// Finished. The Session is never nil, and its Seen is as complete as the server
// allowed; the error is an *Error. Finish completes the handshake.
//
// The deadline of ctx becomes that of conn and stays; if ctx has none, conn's own applies.
// Client does not close conn and sends no alert.
func Client(ctx context.Context, conn net.Conn, cfg *ClientConfig) (*Session, error) {
	s := newSession(conn, cfg.Limits)
	c := &client{Session: s, cfg: cfg, hello: cfg.Hello, ticket: cfg.Resume}
	return s, s.run(ctx, "TLS 1.3 handshake", c.handshake)
}

func (c *client) handshake() error {
	if err := c.sendFirst(); err != nil {
		return err
	}
	h, err := c.serverHello()
	if err == nil && h.IsHelloRetryRequest() {
		h, err = c.retry(h)
	}
	if err != nil {
		return err
	}
	secret, err := c.agree(h)
	if err != nil {
		return err
	}
	if err := c.startKeys(secret, false); err != nil {
		return err
	}
	return c.flight()
}

// sendFirst fills in the key shares and sends the first ClientHello.
func (c *client) sendFirst() error {
	if c.cfg.Shares != nil {
		if err := c.share(c.cfg.Shares); err != nil {
			return local(err)
		}
	}
	message, err := c.composeHello()
	if err != nil {
		return err
	}
	c.compatible = len(c.hello.SessionID) > 0
	if c.cfg.WriteHello != nil {
		if err := c.cfg.WriteHello(c.Conn, message); err != nil {
			return fmt.Errorf("writing the client hello: %w", err)
		}
		return nil
	}
	version := c.cfg.RecordVersion
	if version == 0 {
		version = tlswire.TLS10
	}
	return c.write(tlswire.ContentHandshake, version, message, c.cfg.RecordSize)
}

// composeHello marshals the hello of the moment and keeps it.
func (c *client) composeHello() ([]byte, error) {
	if c.ticket != nil {
		if err := c.bind(c.ticket); err != nil {
			return nil, err
		}
	}
	body, err := c.hello.Marshal()
	if err != nil {
		return nil, local(err)
	}
	h := tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}
	message, err := h.Append(nil)
	if err != nil {
		return nil, local(err)
	}
	c.Seen.Sent = append(c.Seen.Sent, message)
	if err := c.transcript.add(h); err != nil {
		return nil, err
	}
	return message, c.offersEarly()
}

// share makes keys for groups and puts their shares into the hello.
func (c *client) share(groups []tlswire.Group) error {
	c.own = map[tlswire.Group]private{}
	entries := make([]tlswire.KeyShareEntry, 0, len(groups))
	for _, g := range groups {
		if tlswire.IsGREASE(uint16(g)) {
			entries = append(entries, tlswire.KeyShareEntry{Group: g, Data: []byte{0}})
			continue
		}
		k, err := generate(g)
		if err != nil {
			return err
		}
		c.own[g] = k
		entries = append(entries, tlswire.KeyShareEntry{Group: g, Data: k.public()})
	}
	c.hello.Extensions = withExtension(c.hello.Extensions, tlswire.KeyShares(entries))
	return nil
}
