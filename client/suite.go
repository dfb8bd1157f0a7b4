package client

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// offer is a suite that client and server have in common, or may have.
type offer struct {
	info   tlswire.SuiteInfo
	sure   bool // the server would take it if it came to it
	placed bool // its place in the order is known
}

// common lists the suites that the server would, or may, take from this client in version v, in the client's order, and
// tells why others that both have are passed over.
func (s *sim) common(v tlswire.Version) (offers []offer, passed []string) {
	accepted := s.accepted(v)
	offers = make([]offer, 0, min(len(s.suites), len(accepted.Value)+len(accepted.Open)))
	for i, suite := range s.suites {
		taken := evidence.Has(accepted, suite)
		if taken == evidence.No || slices.Contains(s.suites[:i], suite) {
			continue
		}
		info, ok := suite.Info()
		if !ok || !info.Negotiable(v) {
			continue
		}
		answer, why := s.usable(v, info)
		if answer == evidence.No {
			if !slices.Contains(passed, why) {
				passed = append(passed, why)
			}
			continue
		}
		sure := taken == evidence.Yes && answer == evidence.Yes
		if !sure {
			s.open("whether the server takes "+info.Name+" in "+v.String()+" is", "")
		}
		offers = append(offers, offer{info, sure, true})
	}
	return offers, passed
}

// accepted are the suites that the server accepts in v from a client that offers everything.
func (s *sim) accepted(v tlswire.Version) evidence.Fact[[]tlswire.Suite] {
	f := &s.f.Suites
	return evidence.Fact[[]tlswire.Suite]{State: f.State, Value: f.Value[v], Open: f.Open[v]}
}

// usable reports whether the server can use a suite with what else this client offers, and why not.
func (s *sim) usable(v tlswire.Version, info tlswire.SuiteInfo) (evidence.Answer, string) {
	if v >= tlswire.TLS13 {
		return evidence.Yes, ""
	}
	for _, rule := range []func(tlswire.Version, tlswire.SuiteInfo) (evidence.Answer, string){s.groupFor, s.curveFor, s.schemeFor} {
		if answer, why := rule(v, info); answer != evidence.Yes {
			return answer, why
		}
	}
	return evidence.Yes, ""
}

// groupFor asks for a curve in common (RFC 8422, Section 5.1). A client that lists none leaves the choice to the server.
func (s *sim) groupFor(_ tlswire.Version, info tlswire.SuiteInfo) (evidence.Answer, string) {
	if info.KeyExchange != tlswire.KeyExchangeECDHE {
		return evidence.Yes, ""
	}
	if len(s.p.Groups) == 0 {
		return evidence.Unsure, ""
	}
	return evidence.Any(s.f.GroupsTLS12, func(g tlswire.Group) bool { return slices.Contains(s.p.Groups, g) }), "no curve in common"
}

// curveFor asks whether the client knows the curve of the certificate (RFC 8422, Section 5.1.1).
func (s *sim) curveFor(v tlswire.Version, info tlswire.SuiteInfo) (evidence.Answer, string) {
	if info.Auth != tlswire.AuthECDSA || len(s.p.Groups) == 0 {
		return evidence.Yes, ""
	}
	leaves, known := s.leaves(v, info.Auth)
	if !known {
		return evidence.Unsure, ""
	}
	for _, c := range leaves {
		g, ok := tlswire.GroupByName(c.PublicKey.Curve)
		if c.PublicKey.Algorithm != "EC" || ok && slices.Contains(s.p.Groups, g) {
			return evidence.Yes, ""
		}
	}
	return evidence.No, "the client does not know the curve of the certificate"
}

// schemeFor asks for a way to sign in common (RFC 5246, Section 7.4.1.4.1). A client of TLS 1.2 that lists none takes
// SHA-1; older versions have one way each.
func (s *sim) schemeFor(v tlswire.Version, info tlswire.SuiteInfo) (evidence.Answer, string) {
	if v != tlswire.TLS12 || !signs(info) {
		return evidence.Yes, ""
	}
	offered := s.p.Schemes
	if len(offered) == 0 {
		offered = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1, tlswire.DSASHA1}
	}
	answer := evidence.AnyIn(s.f.Signatures, func(w tlswire.Version, x tlswire.SignatureScheme) bool {
		scheme, _ := x.Info()
		return w == v && slices.Contains(offered, x) && goesWith(scheme.Key, info.Auth)
	})
	if answer == evidence.Yes && s.certificateMayStrand(v, info.Auth) {
		return evidence.Unsure, ""
	}
	return answer, "no signature scheme in common"
}

// strandsOnSchemes reports whether the server may break off for want of a signature scheme in common, though the suite in
// question needs none: OpenSSL does, others do not.
func (s *sim) strandsOnSchemes(v tlswire.Version) bool {
	if v != tlswire.TLS12 || len(s.p.Schemes) == 0 {
		return false
	}
	if s.f.Signatures.State == evidence.Inapplicable { // what it would sign with is not known; SHA-256 is always among it
		return !slices.ContainsFunc(s.p.Schemes, func(x tlswire.SignatureScheme) bool { return x == tlswire.RSAPKCS1SHA256 })
	}
	return evidence.Yes != evidence.AnyIn(s.f.Signatures, func(w tlswire.Version, x tlswire.SignatureScheme) bool {
		return w == v && slices.Contains(s.p.Schemes, x)
	})
}

// signs reports whether a suite of TLS 1.2 has the server sign its key exchange.
func signs(info tlswire.SuiteInfo) bool {
	ephemeral := info.KeyExchange == tlswire.KeyExchangeECDHE || info.KeyExchange == tlswire.KeyExchangeDHE
	return ephemeral && !info.Anonymous && info.Auth != tlswire.AuthPSK
}

// goesWith reports whether a kind of key fits a suite's authentication.
func goesWith(key string, auth tlswire.Auth) bool {
	switch key {
	case "RSA", "RSA-PSS":
		return auth == tlswire.AuthRSA || auth == tlswire.AuthRSAPSK || auth == tlswire.AuthAny
	case "ECDSA", "EdDSA", "EC", "Ed25519", "Ed448":
		return auth == tlswire.AuthECDSA || auth == tlswire.AuthAny
	case "DSA":
		return auth == tlswire.AuthDSS
	}
	return auth == tlswire.AuthAny
}

// inOrder puts offers in the order in which the server looks at them. One whose place is not known may come anywhere: such
// come first, so that all of them are followed.
func (s *sim) inOrder(v tlswire.Version, offers []offer) []offer {
	if len(offers) < 2 {
		return offers
	}
	switch s.f.Preference.Value[v] {
	case evidence.ClientOrder:
		return offers
	case evidence.ServerOrder:
		return s.byServer(v, offers)
	case evidence.ServerOrderChaCha:
		offers = s.byServer(v, offers)
		if s.putsChaChaFirst() {
			slices.SortStableFunc(offers, func(a, b offer) int { return rank(a) - rank(b) })
		}
		return offers
	}
	s.open("whose order of cipher suites counts in "+v.String()+" is", s.f.Preference.Why)
	offers = slices.Clone(offers)
	for i := range offers {
		offers[i].placed = false
	}
	return offers
}

// byServer sorts offers by the server's list. What is not on it, being undecided, has no place.
func (s *sim) byServer(v tlswire.Version, offers []offer) []offer {
	order := s.f.Suites.Value[v]
	offers = slices.Clone(offers)
	for i := range offers {
		offers[i].placed = slices.Contains(order, offers[i].info.ID)
	}
	slices.SortStableFunc(offers, func(a, b offer) int { return slices.Index(order, a.info.ID) - slices.Index(order, b.info.ID) })
	return offers
}

// rank puts ChaCha20 before everything else that has a place.
func rank(o offer) int {
	if o.placed && o.info.Cipher != tlswire.CipherChaCha20 {
		return 1
	}
	return 0
}

// putsChaChaFirst reports whether the first suite of the client's whole list, whatever its version, is a ChaCha20 one: so
// OpenSSL decides whether a client prefers it (SSL_OP_PRIORITIZE_CHACHA).
func (s *sim) putsChaChaFirst() bool {
	for _, suite := range s.suites {
		if info, ok := suite.Info(); ok {
			return info.Cipher == tlswire.CipherChaCha20
		}
	}
	return false
}
