package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// A quick scan reads no list to its end. It offers what would decide a predicate that a check asks for, until the server
// has accepted one such suite, or refused them all.

// quickGoal turns needs into predicates. Certificates of each kind of key, the groups of finite-field suites, curves and
// signatures are seen through suites that use them.
func quickGoal(needs []evidence.Need) goal {
	g := goal{versions: true, keys: map[*evidence.Key]bool{}}
	for _, n := range needs {
		g.keys[n.Key] = true
		switch {
		case n.Any != nil && n.Key == evidence.KeyKeyReuse:
			g.reuse = append(g.reuse, n.Any)
		case n.Any != nil:
			g.any = append(g.any, n.Any)
		case n.Scheme != nil:
			g.schemes = append(g.schemes, n.Scheme)
		case n.Group != nil && n.Key == evidence.KeyGroupsTLS12:
			g.groups12 = append(g.groups12, n.Group)
		case n.Group != nil:
			g.groups13 = append(g.groups13, n.Group)
		}
	}
	g.finished = g.keys[evidence.KeyCapabilitiesTLS] || g.keys[evidence.KeySessionTicket]
	if g.keys[evidence.KeyCertificates] {
		g.any = append(g.any, authenticatedBy(tlswire.AuthRSA), authenticatedBy(tlswire.AuthECDSA))
	}
	if g.keys[evidence.KeyDHParams] {
		g.any = append(g.any, ofEachDHKind()...)
	}
	if len(g.schemes) > 0 { // each kind of certificate signs with schemes of its own
		g.any = append(g.any, signedBy(tlswire.AuthRSA), signedBy(tlswire.AuthECDSA))
	}
	if len(g.groups12) > 0 {
		g.any = append(g.any, needsCurve)
	}
	return g
}

// needsCurve matches the suites that show which curves are accepted.
func needsCurve(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return old(v) && v > tlswire.SSLv3 && usesGroup(s) && s.Auth != tlswire.AuthECDSA
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

// healthy reports whether nothing was seen in the versions and suites that has to be looked into.
func (p *plan) healthy() bool {
	return !slices.ContainsFunc(p.spoken(), func(v tlswire.Version) bool { return v < tlswire.TLS12 }) &&
		len(p.seenSuites(tlswire.TLS12, func(s tlswire.SuiteInfo) bool {
			return s.KeyExchange != tlswire.KeyExchangeECDHE && s.KeyExchange != tlswire.KeyExchangeDHE || unlikely(s) && s.Auth != tlswire.AuthECDSA
		})) == 0
}
