package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// orderChecks are on who decides about the suite.
func orderChecks() []Check {
	return []Check{{
		ID:    "server-order",
		Title: "Clients may choose a weak cipher suite although both sides have better ones",
		Text: "The server goes by the client's order, and old programs put weak suites first. Take the weak suites away, then the " +
			"order does not matter; or let the server's order decide.",
		Refs:    []string{"RFC 9325, Section 4.2.1", "NCSC-NL TLS guidelines 2025, B2-5"},
		Needs:   []evidence.Need{{Key: evidence.KeySuites}, {Key: evidence.KeyPreference}},
		Extra:   true,
		Settled: func(f *evidence.Facts) bool { return f.Suites.Seen() }, // Eval looks itself at what is open
		Eval:    evalOrder,
	}}
}

// evalOrder looks at the versions that have both weak suites and others: only there is something to be decided.
func evalOrder(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.Preference
	isWeak := func(_ tlswire.Version, i tlswire.SuiteInfo) bool { return p.Suite(i, s.Role).Severity >= policy.Warn }
	var weak []tlswire.Suite
	var open, mixed bool
	for _, v := range tlswire.Versions() {
		list := matching(s.Endpoint.Facts.Suites.Value[v], func(x tlswire.Suite) bool { return isWeak(v, info(x)) })
		if len(list) == 0 || len(list) == len(s.Endpoint.Facts.Suites.Value[v]) {
			continue
		}
		mixed = true
		if f.Value[v] == evidence.ClientOrder {
			for _, x := range list {
				weak = addOnce(weak, x)
			}
		}
		_, unsure := f.Open[v]
		open = open || unsure
	}
	switch {
	case len(weak) > 0:
		return bad(s, p.Check("server-order"), "goes by the client's order, with weak suites in it").seen(texts(weak), f.From)
	case accepts(&s.Endpoint.Facts, isWeak) == evidence.No:
		return good("has no weak suite that an order could bring forward").seen(nil, f.From)
	case s.Endpoint.Facts.Suites.State != evidence.Known:
		return undecided(s.Endpoint.Facts.Suites.Why)
	case open:
		return undecided("the order of suites was not compared")
	case mixed:
		return good("puts its own order before the client's").seen(nil, f.From)
	}
	return good("has no weak suite that an order could bring forward").seen(nil, f.From)
}
