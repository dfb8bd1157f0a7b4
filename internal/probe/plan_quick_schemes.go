package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// nextQuickSchemes asks for what decides the predicates about signatures, and whether the server has a certificate of
// another kind of key, where only such schemes are offered.
func nextQuickSchemes(p *plan) (ask, bool) {
	if p.goal.details || p.surveying() {
		return ask{}, false
	}
	for _, v := range p.spoken() {
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

// quickSchemes13 also looks for certificates with another kind of key; weak hashes ride along.
func (p *plan) quickSchemes13() (ask, bool) {
	group, ok := p.shareable()
	kinds := p.seeksKinds()
	open := slices.DeleteFunc(p.schemes13.open(schemes13), func(s tlswire.SignatureScheme) bool {
		return !(kinds && (p.newKind(p.schemes13, s) || weakHash(s))) && !p.wished(tlswire.TLS13, s)
	})
	if !ok || len(p.schemes13.seen) == 0 || len(open) == 0 || p.asking(signaturesQuestion13) || p.failedLately(signaturesQuestion13) ||
		p.exhausted(signaturesQuestion13, len(schemes13)) {
		return ask{}, false
	}
	return ask{question: signaturesQuestion13, offer: evidence.Offer{Version: tlswire.TLS13, Schemes: open, KeyShares: []tlswire.Group{group},
		Variants: []evidence.Variant{evidence.ServerFlight}}}, true
}

// seeksKinds reports whether TLS 1.3 is asked for certificates with another kind of key than it showed. Where TLS 1.2 has
// suites for both kinds, it has shown them. Where it has not, a certificate may be in use in TLS 1.3 alone; a server that
// seems healthy, but hangs up, is not asked about that: it takes more connections than others.
func (p *plan) seeksKinds() bool {
	seen := p.kinds(p.seenSuites(tlswire.TLS12, func(tlswire.SuiteInfo) bool { return true }))
	both := slices.Contains(seen, tlswire.AuthRSA) && slices.Contains(seen, tlswire.AuthECDSA)
	switch {
	case !p.goal.asks(evidence.KeyCertificates):
		return false
	case p.newestOld() != tlswire.TLS12:
		return true
	case both || p.count(func(r reply) bool { return questionOf(r.id) == signaturesQuestion13 && r.kind != lost }) > 0:
		return false
	}
	soon := newQuick(p).modern() && !slices.Contains(seen, tlswire.AuthECDSA) // servers with two kinds mostly show this one first
	return (soon || p.done(p.tracks[tlswire.TLS12])) && !(p.healthy() && p.hangsUp())
}

// quickSchemes12 asks for one kind of certificate after the other, since a server may choose a suite before it looks for a
// scheme. RSA-PSS stands before the weak hashes: who has such a key and signs with a weak hash uses the key.
func (p *plan) quickSchemes12() (ask, bool) {
	seen := p.seenSuites(tlswire.TLS12, usesSignature)
	if p.asking(signaturesQuestion12) || p.failedLately(signaturesQuestion12) || p.exhausted(signaturesQuestion12, len(schemes12)) ||
		p.ignoresSchemes(tlswire.TLS12) {
		return ask{}, false
	}
	if a, ok := p.quickHeed(); ok && p.silentOnSchemes() { // asked first, since it may be accepted: silence teaches nothing
		return a, true
	}
	for _, kind := range p.kinds(seen) {
		a := ask{question: signaturesQuestion12, offer: evidence.Offer{Version: tlswire.TLS12}}
		a.offer.Schemes = slices.DeleteFunc(p.schemes12.open(schemes12), func(s tlswire.SignatureScheme) bool {
			return !(p.newKind(p.schemes12, s) || p.wished(tlswire.TLS12, s)) || authOf(s) != kind && slices.Contains(p.kinds(seen), authOf(s))
		})
		slices.SortStableFunc(a.offer.Schemes, func(a, b tlswire.SignatureScheme) int { return rankWeak(a) - rankWeak(b) })
		a.offer.Suites.Only = p.seenSuites(tlswire.TLS12, func(s tlswire.SuiteInfo) bool { return usesSignature(s) && s.Auth == kind })
		if ride := p.rideSchemes(); len(ride) > 0 {
			a.offer.Suites.Only = ride
		}
		own := func(s tlswire.SignatureScheme) bool { return p.wished(tlswire.TLS12, s) && authOf(s) == kind }
		if slices.ContainsFunc(a.offer.Schemes, own) && !p.answered(a.offer) {
			return a, true
		}
	}
	return p.quickHeed()
}

// quickHeed leaves out the schemes that the server was seen to sign with, to see whether it signs as it is asked to, and
// whether what it refused may have been its own certificate.
func (p *plan) quickHeed() (ask, bool) {
	answer, _ := p.heedsSchemes()
	seen := p.seenSuites(tlswire.TLS12, usesSignature)
	if !p.goal.asks(evidence.KeyHeedsSchemes) || answer != evidence.Unsure && !p.hides || len(seen) == 0 || len(p.schemes12.seen) == 0 {
		return ask{}, false
	}
	kind := p.kinds(seen)[0]
	o := evidence.Offer{Version: tlswire.TLS12, Schemes: slices.DeleteFunc(slices.Clone(schemes12), func(s tlswire.SignatureScheme) bool { return p.schemes12.seen[s] })}
	o.Suites.Only = p.seenSuites(tlswire.TLS12, func(s tlswire.SuiteInfo) bool { return usesSignature(s) && s.Auth == kind })
	if p.silentOnSchemes() {
		o.Variants = []evidence.Variant{evidence.Padded512} // so short a hello may be what it cannot read
	}
	return ask{question: signaturesQuestion12, offer: o}, !p.answered(o)
}

// silentOnSchemes reports whether a question about signatures in TLS 1.2 got no answer.
func (p *plan) silentOnSchemes() bool {
	return p.count(func(r reply) bool { return questionOf(r.id) == signaturesQuestion12 && r.kind == lost }) > 0
}

// wished reports whether a signature with s in version v would decide an open predicate.
func (p *plan) wished(v tlswire.Version, s tlswire.SignatureScheme) bool {
	return slices.ContainsFunc(p.goal.schemes, func(match func(tlswire.Version, tlswire.SignatureScheme) bool) bool {
		return match(v, s) && !p.signsAs(match)
	})
}

// signsAs reports whether a signature was seen that match accepts.
func (v *view) signsAs(match func(tlswire.Version, tlswire.SignatureScheme) bool) bool {
	for s := range v.schemes12.seen {
		if match(tlswire.TLS12, s) {
			return true
		}
	}
	for s := range v.schemes13.seen {
		if match(tlswire.TLS13, s) {
			return true
		}
	}
	return false
}

// The questions that file the observations about signatures.
const signaturesQuestion12, signaturesQuestion13 = "signatures-tls12", "signatures-tls13"

// rideSchemes returns the suites with finite fields that the first question for weak signatures offers alone, so that one
// answer tells of both. It is for NSS, which accepts so much that connections are scarce: it signs with SHA-1, and is told
// by its liking for short keys.
func (p *plan) rideSchemes() []tlswire.Suite {
	if p.counts[signaturesQuestion12] > 0 || len(p.goal.schemes) == 0 || !p.likesShortKeys() || p.sawDHE() ||
		!slices.Equal(p.kinds(p.seenSuites(tlswire.TLS12, usesSignature)), []tlswire.Auth{tlswire.AuthRSA}) {
		return nil
	}
	return slices.DeleteFunc(p.wanted(p.tracks[tlswire.TLS12]), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !isFiniteField(s) || !usesSignature(info) || plausibleCipher(info) == 0
	})
}

// likesShortKeys reports whether a server that speaks TLS 1.0 or 1.1 was seen to choose AES-128 in TLS 1.3, where AES-256 stood
// first.
func (p *plan) likesShortKeys() bool {
	return p.speaksOld() && slices.Contains(p.tracks[tlswire.TLS13].suites.accepted, tlswire.TLS_AES_128_GCM_SHA256)
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

// newKind reports whether a signature with s would show a kind of key that was not seen among those of c.
func (v *view) newKind(c *chain[tlswire.SignatureScheme], s tlswire.SignatureScheme) bool {
	for seen := range c.seen {
		if sameKind(seen, s) {
			return false
		}
	}
	return true
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
