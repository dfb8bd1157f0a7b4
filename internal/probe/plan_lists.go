package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// nextGroups13 goes on with the groups of TLS 1.3 once its suites are read: by an empty key share list, which makes the
// server name a group at no cost in arithmetic.
func nextGroups13(p *plan) (ask, bool) {
	const question = "groups-tls13"
	open := p.groups13.open(groups13)
	t := p.tracks[tlswire.TLS13]
	if !p.goal.details || t.spoken != evidence.Yes || !p.done(t) || len(open) == 0 || p.failedLately(question) || p.exhausted(question, len(groups13)) {
		return ask{}, false
	}
	stacked := p.flying(func(f flight) bool { return f.question == question })
	guess, sure := p.guessGroup(open)
	if stacked >= 4 || stacked > 0 && (!sure || p.flying(func(f flight) bool { return f.question == question && !f.guess }) > 0) {
		return ask{}, false
	}
	a := ask{question: question, offer: evidence.Offer{Version: tlswire.TLS13, Groups: open}}
	if sure {
		a.guess = &reply{offer: a.offer, kind: accepted, guess: true, version: tlswire.TLS13,
			suite: t.suites.accepted[0], group: guess}
		if client, server := p.groups13.whose(); client && server && stacked == 0 {
			a.offer.Groups = append(a.offer.Groups, p.groups13.accepted[0]) // as narrowCurves does
		}
		p.ride13(&a)
		p.rideVariant(&a)
	}
	return a, true
}

// guessGroup returns the group of open that a server most likely accepts, and whether it likely does: classic groups come
// together, so do the finite fields, and so do the hybrids.
func (p *plan) guessGroup(open []tlswire.Group) (tlswire.Group, bool) {
	for _, family := range [][]tlswire.Group{groups13[1:6], finiteFields, hybrids} {
		known := slices.ContainsFunc(family, func(g tlswire.Group) bool { return p.groups13.seen[g] })
		if g, ok := firstIn(family, open); ok && known {
			return g, true
		}
	}
	if len(open) == 0 {
		return 0, false
	}
	return open[0], false
}

// failedLately reports whether the last replies to a question all said nothing.
func (p *plan) failedLately(question string) bool {
	failed := 0
	for i := len(p.replies) - 1; i >= 0; i-- {
		r := &p.replies[i]
		if r.guess || questionOf(r.id) != question {
			continue
		}
		if r.kind != lost {
			break
		}
		failed++
	}
	return failed >= maxLost
}

// nextGroups12 goes on with the curves of TLS 1.2 and older: nothing but suites that need one is offered.
func nextGroups12(p *plan) (ask, bool) {
	const question = "groups-tls12"
	open := p.groups12.open(curves)
	if !p.goal.details || len(open) == 0 || !p.settled(old) || p.asking(question) || p.failedLately(question) {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		if seen := p.groupSuites(v); old(v) && len(seen) > 0 && !p.refusedGroups() {
			return ask{offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: seen}, Groups: open}}, true
		}
	}
	return ask{}, false
}

// groupSuites returns the accepted suites of version v that need a curve: those with RSA or without a certificate, if
// there are any, since an ECDSA certificate needs its own curve among those offered (RFC 8422, Section 5.1.1).
func (p *plan) groupSuites(v tlswire.Version) []tlswire.Suite {
	free := p.seenSuites(v, func(s tlswire.SuiteInfo) bool { return usesGroup(s) && s.Auth != tlswire.AuthECDSA })
	if len(free) > 0 {
		return free
	}
	return p.seenSuites(v, usesGroup)
}

// refusedGroups reports whether the closing question was answered by something that decided nothing.
func (p *plan) refusedGroups() bool { return p.exhausted("groups-tls12", len(curves)) }

// nextSchemes13 goes on with the signature schemes of TLS 1.3: the server's flight is read to its CertificateVerify.
func nextSchemes13(p *plan) (ask, bool) {
	const question = "signatures-tls13"
	group, ok := p.shareable()
	if !p.goal.details || !ok || !p.done(p.tracks[tlswire.TLS13]) || len(p.schemes13.seen) == 0 {
		return ask{}, false
	}
	return p.nextScheme(question, p.schemes13.open(schemes13), evidence.Offer{Version: tlswire.TLS13,
		KeyShares: []tlswire.Group{group}, Variants: []evidence.Variant{evidence.ServerFlight}})
}

// nextSchemes12 goes on with those of TLS 1.2, offering nothing but suites whose key exchange is signed.
func nextSchemes12(p *plan) (ask, bool) {
	seen := p.seenSuites(tlswire.TLS12, usesSignature)
	if !p.goal.details || !p.settled(old) || len(seen) == 0 {
		return ask{}, false
	}
	return p.nextScheme("signatures-tls12", p.schemes12.open(schemes12), evidence.Offer{Version: tlswire.TLS12,
		Suites: evidence.SuiteOffer{Only: seen}})
}

func (p *plan) nextScheme(question string, open []tlswire.SignatureScheme, o evidence.Offer) (ask, bool) {
	if len(open) == 0 || p.asking(question) || p.failedLately(question) || p.exhausted(question, len(schemes12)) {
		return ask{}, false
	}
	if p.ignoresSchemes(o.Version) {
		return ask{}, false
	}
	o.Schemes = open
	return ask{question: question, offer: o}, true
}

// ignoresSchemes reports whether the server was seen to sign with a scheme that was not offered: then leaving schemes
// out of the offer teaches nothing.
func (v *view) ignoresSchemes(p tlswire.Version) bool {
	return slices.ContainsFunc(v.replies, func(r reply) bool {
		return !r.guess && r.offer.Version == p && r.scheme != 0 && !slices.Contains(offeredSchemes(r.offer), r.scheme)
	})
}
