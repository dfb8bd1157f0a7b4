package legacy

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// ClientConfig says what a client sends.
type ClientConfig struct {
	// Hello is sent as it is. To resume a session, it must hold the session ID or the ticket.
	Hello tlswire.ClientHello
	// RecordVersion is that of the records until the server has chosen; 0 means TLS 1.0, or SSLv3 in a hello of SSLv3.
	RecordVersion tlswire.Version
	// RecordSize is the most bytes of a ClientHello in one record; 0 means as many as fit.
	RecordSize int
	// WriteHello, if set, writes the ClientHello (a handshake message without record headers) in place of the two fields
	// above; nothing may be left out.
	WriteHello func(w io.Writer, hello []byte) error
	// Resume is the session that the server may resume.
	Resume *State
	// Hooks let the client misbehave.
	Hooks  tlspeer.Hooks
	Limits tlspeer.Limits

	random io.Reader // of premaster secrets and padding; nil: crypto/rand
}

// handshake is one handshake of a session: the first, or a renegotiation.
type handshake struct {
	*Session
	cfg        *ClientConfig
	seen       *Seen
	keys       schedule
	beyond     error // why the suite is not implemented
	transcript []byte
	nextIn     *cipherState // from the next change_cipher_spec on
	nextOut    *cipherState
	answered   bool // the client's second flight is sent
}

// Client sends cfg.Hello over conn and reads the server's flight: up to its
// ServerHelloDone, or to its Finished if it resumes a session. The Session is
// never nil, and its Seen is as complete as the server allowed; the error is an
// *Error. The flight is read with any suite and group, implemented or not.
// Finish completes the handshake.
//
// The deadline of ctx becomes that of conn and stays; if ctx has none, conn's own applies.
// Client does not close conn and sends no alert.
func Client(ctx context.Context, conn net.Conn, cfg *ClientConfig) (*Session, error) {
	s := newSession(conn, cfg.Limits, cfg.Hooks)
	if s.random = cfg.random; s.random == nil {
		s.random = rand.Reader
	}
	s.version = cfg.firstVersion()
	s.handshake = &handshake{Session: s, cfg: cfg, seen: &s.Seen}
	return s, s.run(ctx, "handshake", s.handshake.begin)
}

func (c *ClientConfig) firstVersion() tlswire.Version {
	if c.RecordVersion != 0 {
		return c.RecordVersion
	}
	return min(max(c.Hello.Version, tlswire.SSLv3), tlswire.TLS10)
}

// begin is the client's part up to the end of the server's flight.
func (h *handshake) begin() error {
	if err := h.sendHello(); err != nil {
		return err
	}
	if err := h.serverHello(); err != nil {
		return err
	}
	return h.flight()
}

func (h *handshake) sendHello() error {
	messages, err := h.emit(tlswire.TypeClientHello, h.cfg.Hello)
	if err != nil {
		return err
	}
	h.seen.Sent = append(h.seen.Sent, messages)
	if h.cfg.WriteHello == nil {
		return h.write(tlswire.ContentHandshake, messages, h.cfg.RecordSize)
	}
	if err := h.cfg.WriteHello(h.Conn, messages); err != nil {
		return fmt.Errorf("writing the client hello: %w", err)
	}
	return nil
}

// body is a message that can be marshalled.
type body interface{ Marshal() ([]byte, error) }

// emit puts a message, as the hook left it, into the transcript, and returns it.
func (h *handshake) emit(t tlswire.HandshakeType, b body) (out []byte, err error) {
	raw, err := b.Marshal()
	if err != nil {
		return nil, local(err)
	}
	for _, m := range h.altered(tlswire.Handshake{Type: t, Body: raw}) {
		if out, err = m.Append(out); err != nil {
			return nil, local(err)
		}
	}
	h.transcript = append(h.transcript, out...)
	return out, nil
}

// note puts a message that was received into the transcript; it always fits.
func (h *handshake) note(m tlswire.Handshake) {
	h.transcript, _ = m.Append(h.transcript)
}

// expect reads a message of one type.
func (h *handshake) expect(t tlswire.HandshakeType) (tlswire.Handshake, error) {
	m, changed, err := h.message()
	switch {
	case err != nil:
		return m, err
	case changed:
		return m, nonsense(fmt.Errorf("change_cipher_spec in place of %v", t))
	case m.Type != t:
		return m, unexpected(m, t.String())
	}
	return m, nil
}

func unexpected(m tlswire.Handshake, place string) error {
	return nonsense(fmt.Errorf("%v in place of %s", m.Type, place))
}

// serverHello reads the ServerHello, and learns from it what was agreed on.
func (h *handshake) serverHello() error {
	m, err := h.expect(tlswire.TypeServerHello)
	if err != nil {
		return err
	}
	hello, err := tlswire.ParseServerHello(m.Body)
	if err != nil {
		return err
	}
	h.seen.ServerHello = &hello
	v := hello.NegotiatedVersion()
	if v < tlswire.SSLv3 || v > tlswire.TLS12 {
		return tlspeer.WithEnd(tlspeer.EndVersion, fmt.Errorf("the server chose %v", v))
	}
	h.note(m)
	h.version = v
	h.keys = schedule{version: v, client: h.cfg.Hello.Random, server: hello.Random}
	h.keys.suite, h.beyond = suiteOf(hello.Suite, v)
	if hello.Compression != tlswire.CompressionNull {
		h.beyond = errors.Join(h.beyond, unsupported(missing(hello.Compression)))
	}
	_, h.seen.ExtendedMasterSecret = tlswire.Find(hello.Extensions, tlswire.ExtensionExtendedMasterSecret)
	_, etm := tlswire.Find(hello.Extensions, tlswire.ExtensionEncryptThenMAC)
	h.seen.EncryptThenMAC = etm && h.keys.suite.Mode == tlswire.ModeCBC
	return nil
}
