package lab

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/tls"
	"fmt"
	"io"
	"net"

	"github.com/mailtls/mailtls/tlswire"
)

// handsOff reports whether crypto/tls is to finish this handshake, and can.
func (s *session) handsOff(c choice) bool {
	if !s.Server.Finish || c.version < tlswire.TLS10 || c.version == tlswire.TLS13 || c.compression != 0 || c.id == nil || c.id.key.std == nil {
		return false
	}
	if c.group != 0 && stdCurve(c.group) == nil {
		return false
	}
	for _, list := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, suite := range list {
			if suite.ID == uint16(c.suite) {
				return true
			}
		}
	}
	return false
}

// handOff lets crypto/tls answer the hello, narrowed to what was chosen, and
// speaks the mail protocol inside.
func (s *session) handOff(h *hello, c choice) error {
	config := &tls.Config{
		MinVersion:             uint16(c.version),
		MaxVersion:             uint16(c.version),
		CipherSuites:           []uint16{uint16(c.suite)},
		SessionTicketsDisabled: !s.Server.Extensions.Tickets,
		NextProtos:             s.Server.Extensions.ALPN,
		Certificates: []tls.Certificate{{Certificate: s.chain(c.id), PrivateKey: crypto.PrivateKey(c.id.key.std),
			OCSPStaple: c.id.staple}},
	}
	if c.group != 0 {
		config.CurvePreferences = []tls.CurveID{tls.CurveID(c.group)}
	}
	if s.Server.Extensions.SCT {
		config.Certificates[0].SignedCertificateTimestamps = [][]byte{fakeSCT(s.CA.made)}
	}
	conn := tls.Server(&replayed{s.raw, io.MultiReader(bytes.NewReader(h.raw), s.in), s.out}, config)
	if err := conn.HandshakeContext(s.ctx); err != nil {
		return fmt.Errorf("finishing the handshake: %w", err)
	}
	s.in, s.out, s.secure = bufio.NewReader(conn), conn, true
	err := s.inside()
	conn.Close()
	return err
}

// inside speaks the mail protocol under TLS. ManageSieve sends its capabilities
// again by itself (RFC 5804, Section 2.2).
func (s *session) inside() error {
	if s.Server.Protocol.ImplicitTLS() {
		if err := s.greet(); err != nil {
			return err
		}
	} else if s.Server.Protocol == "sieve" {
		if err := s.send(s.dialect().greeting(s)); err != nil {
			return err
		}
	}
	_, err := s.commands()
	return err
}

// replayed is a connection whose first bytes were read already.
type replayed struct {
	net.Conn
	r io.Reader
	w io.Writer
}

func (c *replayed) Read(b []byte) (int, error)  { return c.r.Read(b) }
func (c *replayed) Write(b []byte) (int, error) { return c.w.Write(b) }
