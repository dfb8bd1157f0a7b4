package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// A quick scan reads no list to its end. It offers what would decide a predicate that a check asks for, until the server
// has accepted one such suite, or refused them all.

// quickGoal turns needs into predicates. Certificates of each kind of key, and the groups of finite-field suites, are seen
// through suites that use them.
func quickGoal(needs []evidence.Need) goal {
	g := goal{versions: true}
	var certificates, dh bool
	for _, n := range needs {
		switch {
		case n.Any != nil:
			g.any = append(g.any, n.Any)
		case n.Key == evidence.KeyCertificates:
			certificates = true
		case n.Key == evidence.KeyDHParams:
			dh = true
		case n.Key == evidence.KeySignatures:
			g.schemes = true
		}
	}
	if certificates {
		g.any = append(g.any, authenticatedBy(tlswire.AuthRSA), authenticatedBy(tlswire.AuthECDSA))
	}
	if dh {
		g.any = append(g.any, func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return isDHE(s) })
	}
	if g.schemes { // each kind of certificate signs with schemes of its own
		g.any = append(g.any, signedBy(tlswire.AuthRSA), signedBy(tlswire.AuthECDSA))
	}
	g.schemes = g.schemes || certificates
	return g
}

// authenticatedBy leaves SSLv2 out: its certificate may be another than that of the versions in use.
func authenticatedBy(auth tlswire.Auth) func(tlswire.Version, tlswire.SuiteInfo) bool {
	return func(v tlswire.Version, s tlswire.SuiteInfo) bool { return s.Auth == auth && v != tlswire.SSLv2 }
}

// signedBy matches the suites of TLS 1.2 that show a signature scheme.
func signedBy(auth tlswire.Auth) func(tlswire.Version, tlswire.SuiteInfo) bool {
	return func(v tlswire.Version, s tlswire.SuiteInfo) bool {
		return v == tlswire.TLS12 && usesSignature(s) && s.Auth == auth
	}
}

// decides counts the open predicates that seeing s would decide.
func (p *plan) decides(v tlswire.Version, s tlswire.Suite) int {
	info, _ := s.Info()
	n := 0
	for i, match := range p.goal.any {
		if match(v, info) && !p.predicateSeen(i) {
			n++
		}
	}
	return n
}

// nextQuickSchemes asks whether the server signs with a weak hash, or has a certificate of another kind of key, where only
// such schemes are offered.
func nextQuickSchemes(p *plan) (ask, bool) {
	if p.goal.suites || !p.goal.schemes || p.surveying() {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		if v == tlswire.TLS13 && p.newestOld() == tlswire.TLS12 {
			continue // TLS 1.3 has no weak hashes (RFC 8446, Section 4.2.3), and TLS 1.2 shows the kinds of keys by its suites
		}
		if a, ok := p.quickSchemes(v); ok {
			return a, true
		}
	}
	return ask{}, false
}

func (p *plan) quickSchemes(v tlswire.Version) (ask, bool) {
	switch v {
	case tlswire.TLS13:
		return p.quickSchemes13()
	case tlswire.TLS12:
		return p.quickSchemes12()
	}
	return ask{}, false
}

func (p *plan) quickSchemes13() (ask, bool) {
	const question = "signatures-tls1.3"
	group, ok := p.shareable()
	open := slices.DeleteFunc(p.schemes13.open(schemes13), func(s tlswire.SignatureScheme) bool { return !telling(p.schemes13, s) })
	if !ok || len(p.schemes13.seen) == 0 || len(open) == 0 || p.asking(question) || p.exhausted(question, 4) {
		return ask{}, false
	}
	return ask{question: question, offer: evidence.Offer{Version: tlswire.TLS13, Schemes: open, KeyShares: []tlswire.Group{group},
		Variants: []evidence.Variant{evidence.ServerFlight}}}, true
}

// quickSchemes12 asks for one kind of certificate after the other, since a server may choose a suite before it looks for a
// scheme. RSA-PSS stands before the weak hashes: who has such a key and signs with a weak hash uses the key.
func (p *plan) quickSchemes12() (ask, bool) {
	seen := p.seenSuites(tlswire.TLS12, usesSignature)
	if slices.ContainsFunc(p.schemes12.accepted, weakHash) || p.asking(signaturesQuestion12) || p.exhausted(signaturesQuestion12, 6) {
		return ask{}, false
	}
	for _, kind := range p.kinds(seen) {
		a := ask{question: signaturesQuestion12, offer: evidence.Offer{Version: tlswire.TLS12}}
		a.offer.Schemes = slices.DeleteFunc(p.schemes12.open(schemes12), func(s tlswire.SignatureScheme) bool {
			return !telling(p.schemes12, s) || authOf(s) != kind && slices.Contains(p.kinds(seen), authOf(s))
		})
		slices.SortStableFunc(a.offer.Schemes, func(a, b tlswire.SignatureScheme) int { return rankWeak(a) - rankWeak(b) })
		a.offer.Suites.Only = p.seenSuites(tlswire.TLS12, func(s tlswire.SuiteInfo) bool { return usesSignature(s) && s.Auth == kind })
		if ride := p.rideSchemes(); len(ride) > 0 {
			a.offer.Suites.Only = ride
		}
		own := func(s tlswire.SignatureScheme) bool { return weakHash(s) && authOf(s) == kind }
		if slices.ContainsFunc(a.offer.Schemes, own) && !p.answered(a.offer) {
			return a, true
		}
	}
	return ask{}, false
}

// signaturesQuestion12 files the observations about weak signatures in TLS 1.2.
const signaturesQuestion12 = "signatures-tls1.2"

// rideSchemes returns the suites with finite fields that the first question for weak signatures offers alone, so that one
// answer tells of both. It is for NSS, which accepts so much that connections are scarce: it signs with SHA-1, and is told
// by its liking for short keys.
func (p *plan) rideSchemes() []tlswire.Suite {
	if p.counts[signaturesQuestion12] > 0 || !p.goal.schemes || !p.likesShortKeys() || p.sawDHE() ||
		!slices.Equal(p.kinds(p.seenSuites(tlswire.TLS12, usesSignature)), []tlswire.Auth{tlswire.AuthRSA}) {
		return nil
	}
	return slices.DeleteFunc(p.wanted(p.tracks[tlswire.TLS12]), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !isFiniteField(s) || !usesSignature(info) || plausibleCipher(info) == 0
	})
}

// likesShortKeys reports whether a server that speaks TLS 1.0 was seen to choose AES-128 in TLS 1.3, where AES-256 stood
// first.
func (p *plan) likesShortKeys() bool {
	return p.tracks[tlswire.TLS10].spoken == evidence.Yes && slices.Contains(p.tracks[tlswire.TLS13].suites.accepted, tlswire.TLS_AES_128_GCM_SHA256)
}

// sawDHE reports whether a suite with finite fields was seen.
func (v *view) sawDHE() bool {
	for p := range v.tracks {
		if len(v.seenSuites(p, isDHE)) > 0 {
			return true
		}
	}
	return false
}

func rankWeak(s tlswire.SignatureScheme) int {
	if weakHash(s) {
		return 1
	}
	return 0
}

// telling reports whether a signature with s would show a weak hash, or a kind of key that was not seen.
func telling(c *chain[tlswire.SignatureScheme], s tlswire.SignatureScheme) bool {
	newKind, newWeak := true, weakHash(s)
	for seen := range c.seen {
		newKind = newKind && !sameKind(seen, s)
		newWeak = newWeak && !weakHash(seen)
	}
	return newKind || newWeak
}

func weakHash(s tlswire.SignatureScheme) bool {
	info, _ := s.Info()
	return info.Hash == "SHA1" || info.Hash == "MD5"
}

// sameKind reports whether two schemes are made with the same kind of key.
func sameKind(a, b tlswire.SignatureScheme) bool { return keyKind(a) == keyKind(b) }

// keyKind is the kind of key behind a scheme: all of rsaEncryption are one (RFC 8446, Section 4.2.3).
func keyKind(s tlswire.SignatureScheme) string {
	info, _ := s.Info()
	switch {
	case info.Signature == "RSA-PKCS1", s >= tlswire.RSAPSSRSAESHA256 && s <= tlswire.RSAPSSRSAESHA512:
		return "RSA"
	}
	return info.Signature
}
