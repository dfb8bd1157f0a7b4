package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// nextGroups13 goes on with the groups of TLS 1.3 once its suites are read: by an empty key share list, which makes the
// server name a group at no cost in arithmetic.
func nextGroups13(p *plan) (ask, bool) {
	const question = groupsQuestion13
	open := p.groups13.open(groups13)
	t := p.tracks[tlswire.TLS13]
	if !p.goal.details || t.spoken != evidence.Yes || !p.done(t) || len(open) == 0 || p.failedLately(question) || p.exhausted(question, len(groups13)) {
		return ask{}, false
	}
	stacked := p.flying(func(f flight) bool { return f.question == question })
	guess, sure := p.guessGroup(open)
	if client, _ := p.groups13.whose(); !client && stacked > 0 { // its own order is hard to guess
		return ask{}, false
	}
	if stacked >= 4 || stacked > 0 && (!sure || p.flying(func(f flight) bool { return f.question == question && !f.guess }) > 0) {
		return ask{}, false
	}
	a := ask{question: question, offer: evidence.Offer{Version: tlswire.TLS13, Groups: open}}
	if sure {
		a.guess = &reply{offer: a.offer, kind: accepted, guess: true, version: tlswire.TLS13,
			suite: t.suites.accepted[0], group: guess}
	}
	if tail := p.tail(p.groups13, is13); tail != 0 && sure {
		a.offer.Groups = append(a.offer.Groups, tail)
	}
	if sure && !p.rodeInVain(tlswire.TLS13) {
		p.ride13(&a)
		p.rideVariant(&a)
	}
	return a, true
}

// guessGroup returns the group of open that a server most likely accepts, and whether it likely does: classic groups come
// together, so do the finite fields, and so do the hybrids, which are made of classic ones.
func (p *plan) guessGroup(open []tlswire.Group) (tlswire.Group, bool) {
	known := func(g tlswire.Group) bool { return p.groups13.seen[g] }
	for _, family := range [][]tlswire.Group{hybrids, nistAndX25519, finiteFields} {
		g, ok := firstIn(family, open)
		if ok && (slices.ContainsFunc(family, known) || slices.Contains(nistAndX25519, g) && slices.ContainsFunc(hybrids, known)) {
			return g, true
		}
	}
	if len(open) == 0 {
		return 0, false
	}
	return open[0], false
}

// nistAndX25519 are the groups that nearly all servers accept.
var nistAndX25519 = []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp521r1, tlswire.Secp384r1}

// failedLately reports whether the last replies to a question all said nothing.
func (p *plan) failedLately(question string) bool {
	failed := 0
	for i := len(p.replies) - 1; i >= 0; i-- {
		r := &p.replies[i]
		if r.guess || r.later || questionOf(r.id) != question {
			continue
		}
		if r.kind != lost {
			break
		}
		failed++
	}
	return failed >= maxLost
}

// The questions that file the observations about groups: the curves of TLS 1.2 and older, and all those of TLS 1.3.
const groupsQuestion12, groupsQuestion13 = "groups-tls12", "groups-tls13"

// nextGroups12 goes on with the curves of TLS 1.2 and older: nothing but suites that need one is offered.
func nextGroups12(p *plan) (ask, bool) {
	open := p.groups12.open(curves)
	if !p.goal.details || len(open) == 0 || !p.settled(old) || p.busyWith(groupsQuestion12) || p.failedLately(groupsQuestion12) {
		return ask{}, false
	}
	spoken := p.spoken()
	slices.SortStableFunc(spoken, func(a, b tlswire.Version) int { return len(p.freeSuites(b)) - len(p.freeSuites(a)) })
	for _, v := range spoken {
		if seen := p.groupSuites(v); old(v) && v != tlswire.SSLv3 && len(seen) > 0 {
			return p.groupAsk(v, seen, open)
		}
	}
	return ask{}, false
}

// groupAsk offers the undecided curves with the suites of list in version v.
func (p *plan) groupAsk(v tlswire.Version, list []tlswire.Suite, open []tlswire.Group) (ask, bool) {
	a := ask{question: groupsQuestion12, offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: list}, Groups: open}}
	info, _ := list[0].Info()
	if info.Auth == tlswire.AuthECDSA { // its certificate's curve must be among them
		a.offer.Groups = slices.Concat(open, p.groups12.accepted)
		return a, p.count(func(r reply) bool { return questionOf(r.id) == groupsQuestion12 }) < 8
	}
	if p.goal.details && p.nextCurves() != nil {
		p.expect(&a, v, list[0])
		a.guess.group = p.likelyGroup(open)
		if next, ok := p.nextScheme12(info); ok && v == tlswire.TLS12 && !p.rodeInVain(v) {
			a.offer.Schemes, a.guess.scheme = p.schemes12.open(schemes12), next
		}
		if !p.rodeInVain(v) {
			p.rideVariant(&a)
		}
	}
	return a, true
}

// expect gives a the guess that suite is picked.
func (p *plan) expect(a *ask, v tlswire.Version, suite tlswire.Suite) {
	a.guess = &reply{kind: accepted, guess: true, version: v, suite: suite}
}

// busyWith reports whether a connection of this question is under way whose reply is not foreseen.
func (p *plan) busyWith(question string) bool {
	if client, _ := p.groups12.whose(); question == groupsQuestion12 && !client { // its own order is hard to guess
		return p.asking(question)
	}
	return p.flying(func(f flight) bool { return f.question == question && !f.guess }) > 0
}

// groupSuites returns the accepted suites of version v that need a curve: those with RSA or without a certificate, if
// there are any, since an ECDSA certificate needs its own curve among those offered (RFC 8422, Section 5.1.1).
func (p *plan) groupSuites(v tlswire.Version) []tlswire.Suite {
	if free := p.freeSuites(v); len(free) > 0 {
		return free
	}
	return p.seenSuites(v, usesGroup)
}

func (p *plan) freeSuites(v tlswire.Version) []tlswire.Suite {
	return p.seenSuites(v, func(s tlswire.SuiteInfo) bool { return usesGroup(s) && s.Auth != tlswire.AuthECDSA })
}

// nextSchemes13 goes on with the signature schemes of TLS 1.3: the server's flight is read to its CertificateVerify.
func nextSchemes13(p *plan) (ask, bool) {
	group, ok := p.shareable()
	if !p.goal.details || !ok || !p.done(p.tracks[tlswire.TLS13]) || len(p.schemes13.seen) == 0 {
		return ask{}, false
	}
	return p.nextScheme(signaturesQuestion13, p.schemes13.open(schemes13), evidence.Offer{Version: tlswire.TLS13,
		KeyShares: []tlswire.Group{group}, Variants: []evidence.Variant{evidence.ServerFlight}})
}

// nextSchemes12 goes on with those of TLS 1.2, offering nothing but suites whose key exchange is signed.
func nextSchemes12(p *plan) (ask, bool) {
	seen := p.seenSuites(tlswire.TLS12, usesSignature)
	if !p.goal.details || !p.settled(old) || len(seen) == 0 {
		return ask{}, false
	}
	for _, kind := range p.kinds(seen) { // apart, since a server may choose a suite before it looks for a scheme
		only := p.seenSuites(tlswire.TLS12, func(s tlswire.SuiteInfo) bool { return usesSignature(s) && s.Auth == kind })
		open := slices.DeleteFunc(p.schemes12.open(schemes12), func(s tlswire.SignatureScheme) bool {
			return authOf(s) != kind && slices.Contains(p.kinds(seen), authOf(s))
		})
		if a, ok := p.nextScheme(signaturesQuestion12, open, evidence.Offer{Version: tlswire.TLS12, Suites: evidence.SuiteOffer{Only: only}}); ok {
			return a, true
		}
	}
	return ask{}, false
}

func (p *plan) nextScheme(question string, open []tlswire.SignatureScheme, o evidence.Offer) (ask, bool) {
	if len(open) == 0 || p.busyWith(question) || p.failedLately(question) || p.exhausted(question, len(schemes12)) || p.ignoresSchemes(o.Version) {
		return ask{}, false
	}
	o.Schemes = open
	a := ask{question: question, offer: o}
	if next, suite, ok := p.foreseenScheme(o); ok {
		p.expect(&a, o.Version, suite)
		a.guess.scheme = next
		p.rideVariant(&a)
	}
	return a, true
}

// foreseenScheme returns the scheme that the server will most likely use next, and with which suite.
func (p *plan) foreseenScheme(o evidence.Offer) (tlswire.SignatureScheme, tlswire.Suite, bool) {
	suites := slices.Clone(o.Suites.Only)
	if is13(o.Version) {
		suites = p.seenSuites(o.Version, func(tlswire.SuiteInfo) bool { return true })
	}
	if len(suites) == 0 {
		return 0, 0, false
	}
	if is13(o.Version) {
		next, ok := p.nextScheme13()
		return next, suites[0], ok
	}
	info, _ := suites[0].Info()
	next, ok := p.nextScheme12(info)
	return next, suites[0], ok
}

// ignoresSchemes reports whether the server was seen to sign with a scheme that was not offered: then leaving schemes
// out of the offer teaches nothing.
func (v *view) ignoresSchemes(p tlswire.Version) bool {
	return slices.ContainsFunc(v.replies, func(r reply) bool {
		return !r.guess && r.offer.Version == p && r.scheme != 0 && !slices.Contains(offeredSchemes(r.offer), r.scheme)
	})
}
