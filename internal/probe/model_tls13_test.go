package probe

import (
	"math/rand/v2"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// answer13 answers an offer of TLS 1.3: with a HelloRetryRequest where no key share is sent, or with its whole flight.
func (m *model) answer13(o evidence.Offer, rng *rand.Rand) ([]evidence.Message, evidence.End) {
	suites := m.candidates(o, tlswire.TLS13)
	group, ok := pick(m.order13, m.groups13, offeredGroups(o))
	if len(suites) == 0 || !ok {
		return nil, m.refuse(tlswire.AlertHandshakeFailure)
	}
	var list []evidence.Message
	peer := o.Has(evidence.ServerFlight) || o.Has(evidence.Finished)
	share, shared := firstIn(o.KeyShares, m.groups13)
	shared = shared && peer && slices.Contains(offeredGroups(o), share)
	switch {
	case shared && (m.sharesFirst || share == group):
		group = share
	default:
		list = append(list, m.hello13(tlswire.HelloRetryRequestRandom, suites[0], tlswire.RetryKeyShare(group)))
		if !peer || !slices.Contains(tlspeer.Groups(), group) {
			return list, evidence.End{Kind: evidence.EndDone}
		}
	}
	scheme, chain, ok := m.sign13(o)
	if !ok {
		return list, m.refuse(tlswire.AlertHandshakeFailure)
	}
	list = append(list, m.hello13(modelRandom(rng), suites[0], tlswire.ServerKeyShare(tlswire.KeyShareEntry{Group: group, Data: m.key(false, 0)})))
	return append(list, m.flight13(group, scheme, chain)...), evidence.End{Kind: evidence.EndDone}
}

func (m *model) hello13(random [32]byte, s tlswire.Suite, share tlswire.Extension) evidence.Message {
	h := tlswire.ServerHello{Version: tlswire.TLS12, Random: random, Suite: s,
		Extensions: []tlswire.Extension{tlswire.SelectedVersion(tlswire.TLS13), share}}
	return evidence.Message{Type: tlswire.TypeServerHello, Body: must(h.Marshal())}
}

// sign13 picks the signature scheme, and with it the certificate.
func (m *model) sign13(o evidence.Offer) (tlswire.SignatureScheme, string, bool) {
	s, ok := pick(m.orderSchemes, m.schemes13, offeredSchemes(o))
	info, _ := s.Info()
	if info.Key == "RSA" {
		return s, "rsa", ok
	}
	return s, "ecdsa", ok
}

func (m *model) flight13(group tlswire.Group, scheme tlswire.SignatureScheme, chain string) []evidence.Message {
	e := tlswire.EncryptedExtensions{}
	if m.namesGroups || m.namesUnlessFirst && group != m.groups13[0] {
		e.Extensions = append(e.Extensions, tlswire.SupportedGroups(m.groups13))
	}
	verify := tlswire.CertificateVerify{Scheme: scheme, Signature: make([]byte, 16)}
	return []evidence.Message{
		{Type: tlswire.TypeEncryptedExtensions, Body: must(e.Marshal())},
		{Type: tlswire.TypeCertificate, Certificates: []string{chain}},
		{Type: tlswire.TypeCertificateVerify, Body: must(verify.Marshal())},
		{Type: tlswire.TypeFinished, Body: make([]byte, 16)},
	}
}
