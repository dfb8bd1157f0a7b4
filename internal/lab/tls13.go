package lab

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"slices"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// answer13 carries a TLS 1.3 handshake through and speaks mail inside, or, where
// the server forges, faults, or has a group that nobody implements, plays the
// script of its unencrypted part.
func (s *session) answer13(h *hello, c choice) error {
	q := s.Server.Quirks
	if q.Fault.At.inTLS() && q.Fault.Do != Drip || !q.Forge.zero() || !slices.Contains(tlspeer.Groups(), c.group) {
		return s.script13(h, c)
	}
	config, err := s.config13(h, c)
	if err != nil {
		return s.refuse(tlswire.AlertHandshakeFailure)
	}
	q.Inner.pervert(config)
	peer, err := tlspeer.Server(s.ctx, &replayed{s.raw, s.in, s.out}, h.message, config)
	s.sawAgain(peer)
	if err != nil {
		return err
	}
	if err := s.floodInside(peer); err != nil {
		return err
	}
	s.in, s.out, s.secure = s.within(peer), peer, true
	if err := s.inside(); err != nil {
		return err
	}
	return peer.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify})
}

// config13 returns what tlspeer is to answer.
func (s *session) config13(h *hello, c choice) (*tlspeer.ServerConfig, error) {
	scheme, ok := s.scheme13(h, c.id)
	if !ok {
		return nil, errors.New("no signature scheme in common")
	}
	config := &tlspeer.ServerConfig{Suite: c.suite, Group: c.group, Key: c.id.key.std, Scheme: scheme}
	if protocol, ok := s.alpn(h); ok {
		config.Extensions = append(config.Extensions, tlswire.ALPN([]string{protocol}))
	}
	if s.Server.Extensions.ServerName && h.name != "" {
		config.Extensions = append(config.Extensions, tlswire.Extension{Type: tlswire.ExtensionServerName})
	}
	var err error
	if config.Certificate.Entries, err = s.entries(h, c.id); err != nil {
		return nil, err
	}
	s.resume13(config)
	return config, nil
}

// ticket returns a ticket that is good for nothing.
func (e Extensions) ticket() tlswire.NewSessionTicketTLS13 {
	t := tlswire.NewSessionTicketTLS13{Lifetime: 7200, Nonce: []byte{0}, Ticket: make([]byte, 64)}
	if e.TicketLifetime > 0 {
		t.Lifetime = e.TicketLifetime
	}
	if e.EarlyData > 0 {
		t.Extensions = []tlswire.Extension{tlswire.EarlyDataLimit(e.EarlyData)}
	}
	return t
}

// entries returns the chain with its staple and timestamps on the leaf.
func (s *session) entries(h *hello, id *identity) ([]tlswire.CertificateEntry, error) {
	var list []tlswire.CertificateEntry
	for _, der := range id.chain {
		list = append(list, tlswire.CertificateEntry{DER: der})
	}
	e := s.Server.Extensions
	if e.Staple && id.staple != nil && h.has(tlswire.ExtensionStatusRequest) {
		status, err := tlswire.CertificateStatus{Type: tlswire.StatusOCSP, Responses: [][]byte{id.staple}}.Marshal()
		if err != nil {
			return nil, err
		}
		list[0].Extensions = append(list[0].Extensions, tlswire.Extension{Type: tlswire.ExtensionStatusRequest, Data: status})
	}
	if e.SCT && h.has(tlswire.ExtensionSCT) {
		list[0].Extensions = append(list[0].Extensions, tlswire.SCTList([][]byte{fakeSCT(s.CA.made)}))
	}
	return list, nil
}

// scheme13 returns the scheme of the CertificateVerify: PSS for RSA, and for ECDSA
// the one of the key's curve (RFC 8446, Section 4.2.3).
func (s *session) scheme13(h *hello, id *identity) (tlswire.SignatureScheme, bool) {
	for _, scheme := range s.Server.schemes() {
		if id.fits13(scheme) && slices.Contains(h.schemes, scheme) {
			return scheme, true
		}
	}
	return 0, false
}

func (id *identity) fits13(s tlswire.SignatureScheme) bool {
	if id.key.std == nil {
		return false
	}
	switch k := id.key.public().(type) {
	case ed25519.PublicKey:
		return s == tlswire.Ed25519
	case *ecdsa.PublicKey:
		return k.Curve == elliptic.P256() && s == tlswire.ECDSASecp256r1SHA256 ||
			k.Curve == elliptic.P384() && s == tlswire.ECDSASecp384r1SHA384
	}
	_, pss := schemeHash(s)
	return pss && id.fits(s)
}

// script13 answers with a ServerHello or, when there is no key share of the chosen
// group, with a HelloRetryRequest (RFC 8446, Section 4.1.4), and ends there: what
// follows is encrypted.
func (s *session) script13(h *hello, c choice) error {
	always := s.Server.Quirks.Forge.RetryAlways
	for retried := false; ; retried = true {
		retry := always || !retried && !h.shares13(c.group)
		body, err := s.hello13(h, c, retry).Marshal()
		if err != nil {
			return err
		}
		if err := s.sendFlight(tlswire.TLS13, []part{{AtServerHello, tlswire.TypeServerHello, s.forgeTail(body)}}); err != nil {
			return err
		}
		if !retry {
			return s.unfinished(tlswire.TLS12)
		}
		if *h, err = s.readSecondHello(); err != nil {
			return s.notHello(err)
		}
		s.visit.Second = &h.ClientHello
		if err := s.step(AtRetryHello); err != nil {
			return err
		}
	}
}

// shares13 reports whether the hello has a key share of g.
func (h *hello) shares13(g tlswire.Group) bool {
	return slices.ContainsFunc(h.shares, func(e tlswire.KeyShareEntry) bool { return e.Group == g })
}

// readSecondHello reads a ClientHello, past the ChangeCipherSpec that clients put
// before it for the sake of middleboxes (RFC 8446, Appendix D.4).
func (s *session) readSecondHello() (hello, error) {
	head, err := s.in.Peek(1)
	if err != nil {
		return hello{}, err
	}
	if head[0] == byte(tlswire.ContentChangeCipherSpec) {
		if _, err := s.readRecord(); err != nil {
			return hello{}, err
		}
	}
	return s.readHello()
}

// hello13 returns a ServerHello or HelloRetryRequest.
func (s *session) hello13(h *hello, c choice, retry bool) tlswire.ServerHello {
	answer := tlswire.ServerHello{Version: tlswire.TLS12, SessionID: h.SessionID, Suite: c.suite}
	answer.Extensions = []tlswire.Extension{tlswire.SelectedVersion(tlswire.TLS13)}
	group := c.group
	if f := s.Server.Quirks.Forge; f.Group != 0 {
		group = f.Group
	}
	if retry {
		answer.Random = tlswire.HelloRetryRequestRandom
		answer.Extensions = append(answer.Extensions, tlswire.RetryKeyShare(group))
		s.forgeHello(&answer)
		return answer
	}
	share := tlswire.KeyShareEntry{Group: group, Data: make([]byte, shareLength(group))}
	rand.Read(answer.Random[:])
	rand.Read(share.Data)
	answer.Extensions = append(answer.Extensions, tlswire.ServerKeyShare(share))
	s.forgeHello(&answer)
	return answer
}

// shareLength returns the length in bytes of a server's share of g; 32 for groups
// that nobody knows.
func shareLength(g tlswire.Group) int {
	if info, ok := g.Info(); ok && info.ServerShareLen > 0 {
		return info.ServerShareLen
	}
	return 32
}
