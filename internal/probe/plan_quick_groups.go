package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// nextQuickGroups asks for what decides the predicates about groups.
func nextQuickGroups(p *plan) (ask, bool) {
	if p.goal.details || p.surveying() {
		return ask{}, false
	}
	if a, ok := p.quickGroups13(); ok {
		return a, true
	}
	return p.quickGroups12()
}

func (p *plan) quickGroups13() (ask, bool) {
	open := deciding(p.groups13, groups13, p.goal.groups13)
	if p.tracks[tlswire.TLS13].spoken != evidence.Yes || len(open) == 0 || p.asking(groupsQuestion13) ||
		p.failedLately(groupsQuestion13) || p.exhausted(groupsQuestion13, len(groups13)) {
		return ask{}, false
	}
	return ask{question: groupsQuestion13, offer: evidence.Offer{Version: tlswire.TLS13, Groups: open}}, true
}

// nextQuickFlight asks for the server's flight of TLS 1.3, which shows a certificate, where it named a group that no handshake
// can be made with.
func nextQuickFlight(p *plan) (ask, bool) {
	const question = "flight"
	groups := slices.DeleteFunc(tlspeer.Groups(), func(g tlswire.Group) bool { return p.groups13.refused[g] })
	if p.goal.details || p.surveying() || !p.goal.asks(evidence.KeyCertificates) || p.tracks[tlswire.TLS13].spoken != evidence.Yes ||
		len(groups) == 0 || p.asking(question) || p.exhausted(question, 2) {
		return ask{}, false
	}
	unfit := func(r reply) bool {
		return is13(r.version) && r.kind == accepted && !r.shown && !slices.Contains(groups, r.group)
	}
	shown := func(r reply) bool { return is13(r.version) && r.shown }
	if p.count(shown) > 0 || p.count(unfit) == 0 {
		return ask{}, false
	}
	return ask{question: question, offer: evidence.Offer{Version: tlswire.TLS13, Groups: groups, Variants: []evidence.Variant{evidence.ServerFlight}}}, true
}

// quickGroups12 offers the curves with suites that need one. As long as only suites for ECDSA are known, which need the
// curve of the certificate as well, it waits for others that may turn up.
func (p *plan) quickGroups12() (ask, bool) {
	open := deciding(p.groups12, curves, p.goal.groups12)
	if len(open) == 0 || p.asking(groupsQuestion12) || p.failedLately(groupsQuestion12) || p.exhausted(groupsQuestion12, len(curves)) {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		seen := p.groupSuites(v)
		if !old(v) || v == tlswire.SSLv3 || len(seen) == 0 || len(p.freeSuites(v)) == 0 && !p.settled(old) {
			continue
		}
		if len(p.freeSuites(v)) == 0 { // the more is known of whose order decides, the more it tells that a curve was passed over
			open = p.groups12.open(curves)
		}
		if a, ok := p.groupAsk(v, seen, open); ok && !p.answered(a.offer) {
			return a, true
		}
	}
	return ask{}, false
}

// deciding returns the undecided members of universe that would decide a predicate that none of those seen matches.
func deciding[T comparable](c *chain[T], universe []T, predicates []func(T) bool) []T {
	open := slices.DeleteFunc(slices.Clone(predicates), func(match func(T) bool) bool {
		for x := range c.seen {
			if match(x) {
				return true
			}
		}
		return false
	})
	return slices.DeleteFunc(c.open(universe), func(x T) bool {
		return !slices.ContainsFunc(open, func(match func(T) bool) bool { return match(x) })
	})
}
