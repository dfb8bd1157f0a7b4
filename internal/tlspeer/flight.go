package tlspeer

import (
	"crypto/hmac"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/tlswire"
)

// startKeys derives the handshake traffic secrets (RFC 8446, Section 7.1) and
// protects both directions with them.
func (s *Session) startKeys(secret []byte, server bool) (err error) {
	if s.keys, err = newSchedule(s.suite.newHash, s.psk); err != nil {
		return err
	}
	if err = s.keys.mix(secret); err != nil {
		return err
	}
	in, out, err := s.secrets("hs traffic", server)
	if err != nil {
		return err
	}
	s.ownSecret, s.peerSecret = out, in
	if err = s.protectOut(s.suite, out); err != nil {
		return err
	}
	return s.protectIn(s.suite, in)
}

// secrets derives the traffic secrets of both directions from the transcript so far.
func (s *Session) secrets(label string, server bool) (in, out []byte, err error) {
	digest := s.transcript.hash(s.suite.newHash)
	c, err := s.keys.derive("c "+label, digest)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.keys.derive("s "+label, digest)
	if server {
		return c, v, err
	}
	return v, c, err
}

// expect reads a message of one of the wanted types. Only the caller adds it to the transcript.
func (s *Session) expect(wanted ...tlswire.HandshakeType) (tlswire.Handshake, error) {
	m, err := s.message()
	if err != nil {
		return m, err
	}
	for _, t := range wanted {
		if m.Type == t {
			return m, nil
		}
	}
	return m, nonsense(fmt.Errorf("%v in place of %v", m.Type, wanted))
}

// flight reads the protected part of the server's flight (RFC 8446, Section 4.3 and 4.4).
func (c *client) flight() error {
	m, err := c.expect(tlswire.TypeEncryptedExtensions)
	if err != nil {
		return err
	}
	e, err := tlswire.ParseEncryptedExtensions(m.Body)
	if err != nil {
		return err
	}
	c.Seen.EncryptedExtensions = e.Extensions
	if err := c.takesEarly(e.Extensions); err != nil {
		return err
	}
	if err := c.transcript.add(m); err != nil {
		return err
	}
	if !c.Seen.Resumed {
		if err := c.authentication(); err != nil {
			return err
		}
	}
	return c.serverFinished()
}

// authentication reads CertificateRequest, if there is one, Certificate and CertificateVerify.
func (c *client) authentication() error {
	m, err := c.expect(tlswire.TypeCertificateRequest, tlswire.TypeCertificate, tlswire.TypeCompressedCertificate)
	if err != nil {
		return err
	}
	if m.Type == tlswire.TypeCertificateRequest {
		r, err := tlswire.ParseCertificateRequestTLS13(m.Body)
		if err != nil {
			return err
		}
		c.Seen.CertificateRequest = &r
		if err := c.transcript.add(m); err != nil {
			return err
		}
		if m, err = c.expect(tlswire.TypeCertificate, tlswire.TypeCompressedCertificate); err != nil {
			return err
		}
	}
	if err := c.certificate(m); err != nil {
		return err
	}
	if m, err = c.expect(tlswire.TypeCertificateVerify); err != nil {
		return err
	}
	return c.certificateVerify(m, "server")
}

// certificate keeps the chain; one that is compressed otherwise than with zlib stays unread.
func (s *Session) certificate(m tlswire.Handshake) error {
	if err := s.transcript.add(m); err != nil {
		return err
	}
	body := m.Body
	if m.Type == tlswire.TypeCompressedCertificate {
		var err error
		if body, err = decompress(body, s.limits.Message); err != nil || body == nil {
			return err
		}
	}
	chain, err := tlswire.ParseCertificateTLS13(body)
	if err == nil {
		s.Seen.Certificate = &chain
	}
	return err
}

// certificateVerify keeps scheme and signature, and tries the signature; the result stops nobody.
func (s *Session) certificateVerify(m tlswire.Handshake, role string) error {
	v, err := tlswire.ParseCertificateVerify(m.Body, tlswire.TLS13)
	if err != nil {
		return err
	}
	s.Seen.Scheme, s.Seen.Signature = v.Scheme, v.Signature
	if chain := s.Seen.Certificate; chain != nil && len(chain.Entries) > 0 {
		signed := signedContent(role, s.transcript.hash(s.suite.newHash))
		s.Seen.SignatureValid = verify(chain.Entries[0].DER, v.Scheme, signed, v.Signature)
	}
	return s.transcript.add(m)
}

// serverFinished checks the server's Finished and goes on to the keys of application data.
func (c *client) serverFinished() error {
	if err := c.finished(); err != nil {
		return err
	}
	if err := c.keys.mix(nil); err != nil {
		return err
	}
	in, out, err := c.secrets("ap traffic", false)
	if err != nil {
		return err
	}
	c.nextOut = out
	return c.protectIn(c.suite, in)
}

// finished reads and checks the other side's Finished (RFC 8446, Section 4.4.4).
func (s *Session) finished() error {
	m, err := s.expect(tlswire.TypeFinished)
	if err != nil {
		return err
	}
	want, err := finishedMAC(s.suite.newHash, s.peerSecret, s.transcript.hash(s.suite.newHash))
	if err != nil {
		return err
	}
	if !hmac.Equal(m.Body, want) {
		return nonsense(errors.New("finished does not match the handshake"))
	}
	return s.transcript.add(m)
}
