package client

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// withSuite plays what comes after the choice of a suite: the key exchange, and the client's look at the certificate.
func (s *sim) withSuite(v tlswire.Version, info tlswire.SuiteInfo) []Result {
	if s.p.SHA2Signing && v < tlswire.TLS12 && signs(info) {
		return []Result{fails("the client refuses the MD5 and SHA-1 signatures of %v", v)}
	}
	out := s.exchange(v, info)
	for i := range out {
		out[i].Version, out[i].Suite = v, info.ID
	}
	if info.Anonymous {
		return out
	}
	bad, all := s.certificate(v, info.Auth)
	if all {
		return bad
	}
	return append(out, bad...)
}

func (s *sim) exchange(v tlswire.Version, info tlswire.SuiteInfo) []Result {
	switch {
	case v >= tlswire.TLS13:
		return s.exchange13(info)
	case info.KeyExchange == tlswire.KeyExchangeECDHE:
		var out []Result
		for _, g := range s.pick(s.f.GroupsTLS12, s.f.GroupPreferenceTLS12, s.p.Groups) {
			out = append(out, Result{Outcome: Works, Group: g, Strength: strength(info, g, 0, 0)})
		}
		if len(out) == 0 { // usable has seen to it that this is only so where nothing is known about groups
			out = append(out, Result{Outcome: Works})
		}
		return out
	case info.KeyExchange == tlswire.KeyExchangeDHE:
		return s.finiteField(info)
	case info.KeyExchange == tlswire.KeyExchangeRSA:
		return []Result{{Outcome: Works, Strength: strength(info, 0, 0, s.rsaBits(v))}}
	}
	return []Result{{Outcome: Works, Strength: info.Strength}}
}

// exchange13 plays the key exchange and the signature of TLS 1.3, which do not depend on the suite.
func (s *sim) exchange13(info tlswire.SuiteInfo) []Result {
	var out []Result
	groups := s.groups13()
	for _, g := range groups {
		out = append(out, Result{Outcome: Works, Group: g, Strength: strength(info, g, 0, 0)})
	}
	if !slices.ContainsFunc(groups, func(g tlswire.Group) bool { return evidence.Has(s.f.GroupsTLS13, g) == evidence.Yes }) {
		if len(groups) > 0 {
			s.open("which groups the server takes in TLS 1.3 is", s.f.GroupsTLS13.Why)
		}
		out = append(out, fails("no group in common in TLS 1.3"))
	}
	if s.certificateMayStrand(tlswire.TLS13, tlswire.AuthAny) {
		s.open("whether the server minds that the client does not name the scheme of its certificate's signature is", "")
		out = append(out, fails("no signature scheme in common with the certificate"))
	}
	switch evidence.AnyIn(s.f.Signatures, func(v tlswire.Version, x tlswire.SignatureScheme) bool {
		return v == tlswire.TLS13 && slices.Contains(s.p.Schemes, x)
	}) {
	case evidence.No:
		return []Result{fails("no signature scheme in common in TLS 1.3")}
	case evidence.Unsure:
		s.open("how the server signs in TLS 1.3 is", s.f.Signatures.Why)
		out = append(out, fails("no signature scheme in common in TLS 1.3"))
	}
	return out
}

// groups13 lists the groups that TLS 1.3 may end with. The facts tell the server's choice among groups without key shares;
// a server may also be content with a lesser group that the client has sent a share of (RFC 8446, Section 4.2.8).
func (s *sim) groups13() []tlswire.Group {
	picked := s.pick(s.f.GroupsTLS13, s.f.GroupPreferenceTLS13, s.p.Groups)
	for _, g := range s.p.KeyShares {
		if evidence.Has(s.f.GroupsTLS13, g) == evidence.No {
			continue
		}
		if !slices.Contains(picked, g) {
			picked = append(picked, g)
		}
		if evidence.Has(s.f.GroupsTLS13, g) == evidence.Yes {
			break // what comes behind the first share that will do is never better
		}
	}
	return picked
}

// pick lists the groups that the server may choose from offered: one if the evidence decides.
func (s *sim) pick(f evidence.Fact[[]tlswire.Group], pref evidence.Fact[evidence.Preference], offered []tlswire.Group) []tlswire.Group {
	order := slices.Clone(offered)
	order = slices.DeleteFunc(order, func(g tlswire.Group) bool { return evidence.Has(f, g) == evidence.No })
	if len(order) < 2 {
		return order
	}
	switch {
	case pref.Seen() && pref.Value == evidence.ClientOrder:
	case pref.Seen() && pref.Value == evidence.ServerOrder:
		// Groups that are undecided have no place; they come first, and so are all followed.
		slices.SortStableFunc(order, func(a, b tlswire.Group) int { return slices.Index(f.Value, a) - slices.Index(f.Value, b) })
	default:
		return order
	}
	for i, g := range order {
		if evidence.Has(f, g) == evidence.Yes {
			return order[:i+1]
		}
	}
	return order
}

// finiteField plays a key exchange over a finite field. The server alone decides on its size, unless it follows RFC 7919.
func (s *sim) finiteField(info tlswire.SuiteInfo) []Result {
	seen := s.f.DHParams.Value
	if with := used(seen, info.ID); len(with) > 0 {
		seen = with
	}
	if !s.f.DHParams.Seen() || len(seen) == 0 {
		s.open("the server's Diffie-Hellman group is", s.f.DHParams.Why)
		return []Result{s.ofUnknownSize(info)}
	}
	asks := slices.ContainsFunc(s.p.Groups, isFFDHE)
	var out []Result
	for _, d := range seen {
		switch negotiated := strings.HasPrefix(d.Prime, "ffdhe"); {
		case negotiated && asks:
			for _, g := range s.p.Groups {
				if isFFDHE(g) {
					i, _ := g.Info()
					out = append(out, s.ofSize(info, i.Bits))
				}
			}
		case negotiated:
			// The scan asked for such groups; what this client would get, which does not, was not seen.
			s.open("the Diffie-Hellman group for clients that do not ask for one of RFC 7919 is", "")
			out = append(out, s.ofUnknownSize(info))
		default:
			out = append(out, s.ofSize(info, d.Bits))
		}
	}
	return out
}

func used(list []evidence.DHParams, suite tlswire.Suite) []evidence.DHParams {
	var out []evidence.DHParams
	for _, d := range list {
		if slices.Contains(d.Suites, suite) {
			out = append(out, d)
		}
	}
	return out
}

func isFFDHE(g tlswire.Group) bool {
	info, _ := g.Info()
	return info.Kind == tlswire.KindFFDHE
}

// ofUnknownSize is a key exchange over a group that was not seen.
func (s *sim) ofUnknownSize(info tlswire.SuiteInfo) Result {
	if s.p.MinDHBits > 0 || s.p.MaxDHBits > 0 {
		return unsure("whether the server's Diffie-Hellman group suits the client is not decided: its size was not seen")
	}
	return Result{Outcome: Works}
}

// The sizes of groups that any client takes, as long as no limit of its own is known: OpenSSL refuses more than 10000 bits.
const smallDH, largeDH = 1024, 8192

// ofSize is a key exchange over a group of so many bits. The client looks at it after the choice is made, so that its
// limits end the handshake instead of leading to another suite.
func (s *sim) ofSize(info tlswire.SuiteInfo, bits int) Result {
	switch lo, hi := s.p.MinDHBits, s.p.MaxDHBits; {
	case lo > 0 && bits < lo:
		return fails("the server's Diffie-Hellman group has %d bits, and the client wants at least %d", bits, lo)
	case hi > 0 && bits > hi:
		return fails("the server's Diffie-Hellman group has %d bits, and the client takes at most %d", bits, hi)
	case lo == 0 && bits < smallDH, hi == 0 && bits > largeDH:
		return unsure("whether the client takes a Diffie-Hellman group of %d bits is not known", bits)
	}
	return Result{Outcome: Works, DHBits: bits, Strength: strength(info, 0, bits, 0)}
}
