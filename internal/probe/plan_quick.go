package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// A quick scan reads no list to its end. It offers what would decide a predicate that a check asks for, all such suites at
// once, until the server refuses them.

// quickGoal turns needs into predicates. Certificates of each kind of key, and the groups of finite-field suites, are seen
// through suites that use them.
func quickGoal(needs []evidence.Need) goal {
	g := goal{versions: true}
	for _, n := range needs {
		switch {
		case n.Any != nil:
			g.any = append(g.any, n.Any)
		case n.Key == evidence.KeyCertificates:
			g.any = append(g.any, authenticatedBy(tlswire.AuthRSA), authenticatedBy(tlswire.AuthECDSA))
			g.schemes = true
		case n.Key == evidence.KeyDHParams:
			g.any = append(g.any, func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return isDHE(s) })
		case n.Key == evidence.KeySignatures:
			g.schemes = true
		}
	}
	return g
}

func authenticatedBy(auth tlswire.Auth) func(tlswire.Version, tlswire.SuiteInfo) bool {
	return func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Auth == auth }
}

// nextQuick offers the suites that would decide a predicate. Older versions wait for the newest, which most likely decides
// for all.
func (p *plan) nextQuick(t *track, wanted []tlswire.Suite) (ask, bool) {
	newest := p.newestOld()
	if p.asking(suitesQuestion(t.version)) || old(t.version) && t.version != newest && !p.done(p.tracks[newest]) {
		return ask{}, false
	}
	wanted = slices.Clone(wanted)
	slices.SortStableFunc(wanted, func(a, b tlswire.Suite) int { return p.decides(t.version, b) - p.decides(t.version, a) })
	return ask{question: suitesQuestion(t.version), offer: evidence.Offer{Version: t.version,
		Suites: evidence.SuiteOffer{Only: p.chunk(wanted)}}}, true
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
	if p.goal.suites || !p.goal.schemes {
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
	a := ask{question: suitesQuestion(v)[len("suites-"):], offer: evidence.Offer{Version: v}}
	a.question = "signatures-" + a.question
	chain := p.schemes12
	switch {
	case v == tlswire.TLS13:
		group, ok := p.shareable()
		if !ok {
			return ask{}, false
		}
		chain = p.schemes13
		a.offer.KeyShares, a.offer.Variants = []tlswire.Group{group}, []evidence.Variant{evidence.ServerFlight}
	case v == tlswire.TLS12:
		a.offer.Suites.Only = p.seenSuites(v, usesSignature)
	}
	a.offer.Schemes = slices.DeleteFunc(chain.open(schemesOf(v)), func(s tlswire.SignatureScheme) bool { return !telling(chain, s) })
	if len(chain.seen) == 0 || len(a.offer.Schemes) == 0 || p.asking(a.question) || p.exhausted(a.question, 4) {
		return ask{}, false
	}
	return a, true
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
