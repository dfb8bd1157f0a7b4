package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// groupChecks are on curves and on post-quantum groups.
func groupChecks() []Check {
	curves := func(f *evidence.Facts) evidence.Fact[[]tlswire.Group] { return f.GroupsTLS12 }
	return []Check{
		groups("weak-curve", "Elliptic curves below 224 bits are accepted",
			"Such curves are within reach of those who can spend much, and no client needs them. Offer X25519, P-256 and P-384.",
			evidence.KeyGroupsTLS12, curves, isWeakCurve, "accepts weak curves", "accepts no curve below 224 bits",
			"RFC 9325, Section 4.5"),
		groups("deprecated-curve", "Elliptic curves that were given up are accepted",
			"Curves over binary fields, secp256k1 and curves that the server spells out are no longer specified for TLS. They are "+
				"not known to be broken, but hardly anybody tests that code. Offer X25519, P-256 and P-384.",
			evidence.KeyGroupsTLS12, curves, isDeprecatedCurve, "accepts curves that were given up", "accepts no curve that was given up",
			"RFC 8422, Section 5.1.1"),
		{
			ID:    "no-pqc",
			Title: "Key exchange does not withstand quantum computers",
			Text: "Mail that is recorded today can be read by whoever has a quantum computer some day. Current libraries have " +
				"X25519MLKEM768 (OpenSSL 3.5, GnuTLS 3.8.9, Go 1.24), which needs TLS 1.3.",
			Refs:    []string{"RFC 10024", "FIPS 203"},
			Needs:   []evidence.Need{{Key: evidence.KeyGroupsTLS13, Group: isPostQuantum}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return evidence.Any(f.GroupsTLS13, isPostQuantum) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.GroupsTLS13
				return decide(not(evidence.Any(f, isPostQuantum)),
					bad(s, p.Check("no-pqc"), "accepts no post-quantum group").seen(texts(f.Value), f.From),
					good("accepts post-quantum groups").seen(texts(matching(f.Value, isPostQuantum)), f.From))
			},
		},
		{
			ID:    "pq-draft-only",
			Title: "Post-quantum key exchange is that of a draft alone",
			Text: "Kyber as it was before it became ML-KEM is no longer offered by clients, so that nobody has what it was turned " +
				"on for. Update the TLS library and offer X25519MLKEM768.",
			Refs:    []string{"RFC 10024", "FIPS 203"},
			Cause:   []string{"no-pqc"},
			Needs:   []evidence.Need{{Key: evidence.KeyGroupsTLS13, Group: isDraft}, {Key: evidence.KeyGroupsTLS13, Group: isPostQuantum}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return draftOnly(f.GroupsTLS13) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.GroupsTLS13
				return decide(draftOnly(f),
					bad(s, p.Check("pq-draft-only"), "accepts draft groups and not those that came of them").seen(texts(matching(f.Value, isDraft)), f.From),
					good("does not rest on draft groups").seen(nil, f.From))
			},
		},
	}
}

// groups is the check that no group is accepted that match selects.
func groups(id, title, text string, key *evidence.Key, fact func(*evidence.Facts) evidence.Fact[[]tlswire.Group],
	match func(tlswire.Group) bool, yes, no string, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs:   []evidence.Need{{Key: key, Group: match}},
		Extra:   true,
		Settled: func(f *evidence.Facts) bool { return evidence.Any(fact(f), match) != evidence.Unsure },
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := fact(&s.Endpoint.Facts)
			return decide(evidence.Any(f, match), bad(s, p.Check(id), yes).seen(texts(matching(f.Value, match)), f.From), good(no).seen(nil, f.From))
		},
	}
}

func matching[T any](list []T, match func(T) bool) []T {
	var out []T
	for _, x := range list {
		if match(x) {
			out = append(out, x)
		}
	}
	return out
}

func isCurve(i tlswire.GroupInfo) bool {
	return i.Kind == tlswire.KindPrime || i.Kind == tlswire.KindBinary || i.Kind == tlswire.KindKoblitz
}

// isWeakCurve matches what RFC 9325, Section 4.5 forbids.
func isWeakCurve(g tlswire.Group) bool {
	i, ok := g.Info()
	return ok && isCurve(i) && i.Bits < 224
}

// isDeprecatedCurve matches what else RFC 8422, Section 5.1.1 leaves out.
func isDeprecatedCurve(g tlswire.Group) bool {
	i, ok := g.Info()
	return ok && i.Deprecated && (isCurve(i) && i.Bits >= 224 || i.Kind == tlswire.KindExplicit)
}

func isPostQuantum(g tlswire.Group) bool {
	i, ok := g.Info()
	return ok && !i.Deprecated && (i.Kind == tlswire.KindHybrid || i.Kind == tlswire.KindKEM)
}

func isDraft(g tlswire.Group) bool {
	i, ok := g.Info()
	return ok && i.Deprecated && (i.Kind == tlswire.KindHybrid || i.Kind == tlswire.KindKEM)
}

// draftOnly answers whether draft groups are accepted, and no other that withstands quantum computers.
func draftOnly(f evidence.Fact[[]tlswire.Group]) evidence.Answer {
	draft, final := evidence.Any(f, isDraft), evidence.Any(f, isPostQuantum)
	switch {
	case draft == evidence.No || final == evidence.Yes:
		return evidence.No
	case draft == evidence.Yes && final == evidence.No:
		return evidence.Yes
	}
	return evidence.Unsure
}
