package lab

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// flight12 returns the messages from ServerHello to ServerHelloDone of SSLv3 to
// TLS 1.2 (RFC 5246, Section 7.3), and the same as legacy has it.
func (s *session) flight12(h *hello, c choice) ([]part, *legacy.Flight, error) {
	whole := &legacy.Flight{Hello: s.serverHello(h, c)}
	rest, err := s.rest12(h, c, whole)
	if err != nil {
		return nil, nil, err
	}
	body, err := whole.Hello.Marshal()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range rest {
		whole.Rest = append(whole.Rest, tlswire.Handshake{Type: p.kind, Body: p.body})
	}
	return append([]part{{AtServerHello, tlswire.TypeServerHello, s.forgeTail(body)}}, rest...), whole, nil
}

// rest12 returns the messages behind the ServerHello, and sets the private half of their key exchange.
func (s *session) rest12(h *hello, c choice, whole *legacy.Flight) (rest []part, err error) {
	if c.id != nil {
		chain, err := tlswire.Certificate{Chain: s.chain(c.id)}.Marshal()
		if err != nil {
			return nil, err
		}
		rest = append(rest, part{AtCertificate, tlswire.TypeCertificate, chain})
	}
	if _, ok := tlswire.Find(whole.Hello.Extensions, tlswire.ExtensionStatusRequest); ok && c.id != nil {
		status := tlswire.CertificateStatus{Type: tlswire.StatusOCSP, Responses: [][]byte{c.id.staple}}
		body, err := status.Marshal()
		if err != nil {
			return nil, err
		}
		rest = append(rest, part{AtStatus, tlswire.TypeCertificateStatus, body})
	}
	exchange, private, err := s.keyExchange(h, c, whole.Hello.Random)
	if err != nil {
		return nil, err
	}
	whole.Exchange = private
	if exchange != nil {
		rest = append(rest, part{AtKeyExchange, tlswire.TypeServerKeyExchange, exchange})
	}
	return append(rest, part{AtDone, tlswire.TypeServerHelloDone, nil}), nil
}

// chain returns the certificates that the server sends for an identity.
func (s *session) chain(id *identity) [][]byte {
	f := s.Server.Quirks.Forge
	chain := id.chain
	if f.Chain != nil {
		chain = f.Chain
	}
	if f.CutChain > 0 && len(chain) > 0 {
		chain = slices.Clone(chain)
		chain[0] = chain[0][:max(0, len(chain[0])-f.CutChain)]
	}
	return chain
}

// serverHello returns the ServerHello up to TLS 1.2 (RFC 5246, Section 7.4.1.3).
func (s *session) serverHello(h *hello, c choice) tlswire.ServerHello {
	answer := tlswire.ServerHello{Version: c.version, Suite: c.suite, Compression: c.compression,
		SessionID: make([]byte, 32), Extensions: s.extensions12(h, c)}
	rand.Read(answer.Random[:])
	rand.Read(answer.SessionID)
	if s.Server.Quirks.ClockInRandom {
		binary.BigEndian.PutUint32(answer.Random[:], uint32(time.Now().Unix()))
	}
	if sentinel := s.sentinel(c.version); sentinel != "" {
		copy(answer.Random[24:], sentinel)
	}
	s.forgeHello(&answer)
	return answer
}

// sentinel returns the end of the random that warns of a downgrade (RFC 8446,
// Section 4.1.3).
func (s *session) sentinel(v tlswire.Version) string {
	switch {
	case s.Server.Quirks.NoSentinel || !s.Server.accepts(tlswire.TLS13):
		return ""
	case v == tlswire.TLS12:
		return tlswire.DowngradeTLS12
	}
	return tlswire.DowngradeTLS11
}

// extensions12 returns the answers to the client's extensions, nil when there are none.
func (s *session) extensions12(h *hello, c choice) []tlswire.Extension {
	var list []tlswire.Extension
	e := s.Server.Extensions
	if e.RenegotiationInfo && (h.has(tlswire.ExtensionRenegotiationInfo) || h.offers(tlswire.EmptyRenegotiationInfoSCSV)) {
		list = append(list, tlswire.RenegotiationInfo(nil))
	}
	if c.version == tlswire.SSLv3 {
		return list // RFC 5746, Section 4.5: the only one that SSLv3 has
	}
	answer := func(enabled bool, x tlswire.Extension) {
		if enabled && h.has(x.Type) {
			list = append(list, x)
		}
	}
	answer(e.ServerName, tlswire.Extension{Type: tlswire.ExtensionServerName})
	if asked, ok := tlswire.Find(h.Extensions, tlswire.ExtensionMaxFragmentLength); ok {
		answer(e.MaxFragmentLength, asked)
	}
	answer(e.PointFormats && c.group != 0, tlswire.ECPointFormats([]tlswire.ECPointFormat{0}))
	answer(e.Tickets, tlswire.SessionTicket(nil))
	answer(e.Staple && c.id != nil && c.id.staple != nil, tlswire.Extension{Type: tlswire.ExtensionStatusRequest})
	if protocol, ok := s.alpn(h); ok {
		list = append(list, tlswire.ALPN([]string{protocol}))
	}
	answer(e.Heartbeat, tlswire.Heartbeat(tlswire.PeerAllowedToSend))
	answer(e.SCT && c.id != nil, tlswire.SCTList([][]byte{fakeSCT(s.CA.made)}))
	answer(e.EncryptThenMAC && c.info.Mode == tlswire.ModeCBC, tlswire.EncryptThenMAC())
	answer(e.ExtendedMasterSecret, tlswire.ExtendedMasterSecret())
	return list
}

// alpn returns the server's first application protocol that the client offers.
func (s *session) alpn(h *hello) (string, bool) {
	x, ok := tlswire.Find(h.Extensions, tlswire.ExtensionALPN)
	if !ok {
		return "", false
	}
	offered, err := tlswire.ParseALPN(x.Data)
	if err != nil {
		return "", false
	}
	for _, p := range s.Server.Extensions.ALPN {
		if slices.Contains(offered, p) {
			return p, true
		}
	}
	return "", false
}

// fakeSCT returns a timestamp in the form of RFC 6962, Section 3.2, of a log that
// does not exist.
func fakeSCT(t time.Time) []byte {
	b := append([]byte{0}, make([]byte, 32)...)
	b = binary.BigEndian.AppendUint64(b, uint64(t.UnixMilli()))
	b = append(b, 0, 0, 4, 3, 0, 8) // no extensions; ECDSA with SHA-256; 8 bytes
	return append(b, make([]byte, 8)...)
}

// forgeHello changes the fields of a ServerHello that the quirks name.
func (s *session) forgeHello(a *tlswire.ServerHello) {
	f := s.Server.Quirks.Forge
	if f.Version != 0 {
		a.Version = f.Version
	}
	if f.Suite != 0 {
		a.Suite = f.Suite
	}
	if f.Compression != 0 {
		a.Compression = f.Compression
	}
	if f.SessionID != nil {
		a.SessionID = f.SessionID
	}
	if f.Selected != 0 {
		a.Extensions = append(a.Extensions, tlswire.SelectedVersion(f.Selected))
	}
	a.Extensions = append(a.Extensions, f.Extra...)
	if f.Twice {
		a.Extensions = append(a.Extensions, a.Extensions...)
	}
}

// forgeTail lengthens or shortens the body of a ServerHello.
func (s *session) forgeTail(body []byte) []byte {
	f := s.Server.Quirks.Forge
	return append(body[:max(0, len(body)-f.Cut)], f.Tail...)
}
