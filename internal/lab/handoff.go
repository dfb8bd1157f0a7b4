package lab

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// handsOff reports whether crypto/tls can finish this handshake of TLS 1.0 to 1.2
// and would say on the way just what the server's value says.
func (s *session) handsOff(h *hello, c choice) bool {
	switch {
	case c.version < tlswire.TLS10, c.version > tlswire.TLS12, c.compression != 0:
		return false
	case c.id == nil, c.id.key.std == nil, h.v2 != nil:
		return false
	case c.group != 0 && (stdCurve(c.group) == nil || h.groups == nil):
		return false
	case h.offers(tlswire.FallbackSCSV) && s.Server.Quirks.IgnoreFallbackSCSV:
		return false
	}
	if hash, _ := schemeHash(c.scheme); hash == crypto.MD5 || hash == crypto.SHA1 || hash == crypto.SHA224 {
		return false
	}
	return s.Server.likeGo(c) && stdSuite(c.suite) && s.Server.closed(c.version)
}

// likeGo reports whether the server does nothing that crypto/tls does not.
func (s Server) likeGo(c choice) bool {
	e, q := s.Extensions, s.Quirks
	if !e.RenegotiationInfo || !e.ExtendedMasterSecret || e.Heartbeat || e.MaxFragmentLength || e.ServerName {
		return false
	}
	if e.EncryptThenMAC && c.info.Mode == tlswire.ModeCBC || s.ReuseECDH {
		return false
	}
	if q.ClockInRandom || q.NoSentinel || q.IgnoreSchemes || q.Fragment > 0 || q.OneMessagePerRecord {
		return false
	}
	return q.Forge.zero() && (!q.Fault.At.inTLS() || q.Fault.Do == Drip)
}

// closed reports whether the server speaks all versions from v to its newest: then
// crypto/tls, told of both ends, comes to the same version.
func (s Server) closed(v tlswire.Version) bool {
	for w := v; w <= slices.Max(s.Versions); w++ {
		if !s.accepts(w) {
			return false
		}
	}
	return true
}

// stdSuite reports whether crypto/tls has a suite.
func stdSuite(s tlswire.Suite) bool {
	for _, have := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if have.ID == uint16(s) {
			return true
		}
	}
	return false
}

// handOff lets crypto/tls answer the hello, narrowed to what was chosen, and
// speaks the mail protocol inside.
func (s *session) handOff(h *hello, c choice) error {
	conn := tls.Server(&replayed{s.raw, io.MultiReader(bytes.NewReader(h.raw), s.in), s.out}, s.config12(h, c))
	if err := conn.HandshakeContext(s.ctx); err != nil {
		return fmt.Errorf("finishing the handshake: %w", err)
	}
	s.in, s.out, s.secure = bufio.NewReader(conn), conn, true
	if err := s.inside(); err != nil {
		return err
	}
	return conn.CloseWrite()
}

// config12 returns the configuration that leaves crypto/tls no choice.
func (s *session) config12(h *hello, c choice) *tls.Config {
	certificate := tls.Certificate{Certificate: s.chain(c.id), PrivateKey: c.id.key.std}
	if c.scheme != 0 {
		certificate.SupportedSignatureAlgorithms = []tls.SignatureScheme{tls.SignatureScheme(c.scheme)}
	}
	if s.Server.Extensions.Staple {
		certificate.OCSPStaple = c.id.staple
	}
	if s.Server.Extensions.SCT {
		certificate.SignedCertificateTimestamps = [][]byte{fakeSCT(s.CA.made)}
	}
	config := &tls.Config{
		MinVersion:             uint16(c.version),
		MaxVersion:             uint16(slices.Max(s.Server.Versions)), // for the downgrade sentinel
		CipherSuites:           []uint16{uint16(c.suite)},
		SessionTicketsDisabled: !s.Server.Extensions.Tickets,
		Certificates:           []tls.Certificate{certificate},
	}
	if protocol, ok := s.alpn(h); ok {
		config.NextProtos = []string{protocol}
	}
	if c.group != 0 {
		config.CurvePreferences = []tls.CurveID{tls.CurveID(c.group)}
	}
	return config
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

// replayed is a connection whose first bytes were read already, and which writes
// where the session does.
type replayed struct {
	net.Conn
	r io.Reader
	w io.Writer
}

func (c *replayed) Read(b []byte) (int, error)  { return c.r.Read(b) }
func (c *replayed) Write(b []byte) (int, error) { return c.w.Write(b) }
