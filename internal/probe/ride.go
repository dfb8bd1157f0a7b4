package probe

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// ride adds further questions to a connection whose answer is foreseen: one list narrowed beyond what was seen accepted,
// and one variant of the hello. If the guess is right both are answered too; if the offer is refused nothing is lost but
// the ride.
func (p *plan) ride(a *ask) {
	if !p.goal.details || !p.goal.suites || a.offer.Version == tlswire.SSLv3 || p.rodeInVain(a.offer.Version) {
		return // SSLv3 has no extensions to vary
	}
	if a.offer.Version == tlswire.TLS13 {
		p.ride13(a)
	} else {
		p.ride12(a)
	}
	p.rideVariant(a)
}

// rodeInVain reports whether the latest reply of version v was a refusal of an offer with riders: then the list may be at
// its end, and the next offer has to be one whose refusal counts.
func (p *plan) rodeInVain(v tlswire.Version) bool {
	for i := len(p.replies) - 1; i >= 0; i-- {
		if r := &p.replies[i]; r.offer.Version == v && !r.guess {
			return r.kind != accepted && (!plain(r.offer) || len(r.offer.Groups)+len(r.offer.Schemes) > 0)
		}
	}
	return false
}

func (p *plan) ride12(a *ask) {
	info, _ := a.guess.suite.Info()
	if x := explored(a.offer); x != 0 {
		if other, _ := x.Info(); exchangeOf(other) != exchangeOf(info) {
			return
		}
	}
	if usesGroup(info) && info.Auth != tlswire.AuthECDSA && p.mayNarrowGroups(a.offer.Version) {
		if groups := p.nextCurves(); len(groups) > 0 {
			p.narrowCurves(a, groups)
		}
	}
	if p.rideLastCurves(a) {
		return
	}
	if next, ok := p.nextScheme12(info); ok && a.offer.Version == tlswire.TLS12 {
		a.offer.Schemes, a.guess.scheme = p.schemes12.open(schemes12), next
	}
}

// rideEarly narrows lists on a connection whose answer is not foreseen, but will likely be a suite that is signed and needs
// a curve. If it is not, the connection still tells which suite is accepted.
func (p *plan) rideEarly(a *ask, guess tlswire.Suite) {
	v := a.offer.Version
	info, _ := guess.Info()
	if !p.goal.details || !p.goal.suites || !old(v) || v == tlswire.SSLv3 || p.rodeInVain(v) || !p.likelyCurve(v, info) {
		return
	}
	if p.orderOf(v) == byServer {
		info = signedWithRSA
	}
	if groups := p.nextCurves(); len(groups) > 0 && p.mayNarrowGroups(v) {
		p.narrowCurves(a, groups)
	}
	if _, ok := p.nextScheme12(info); ok && v == tlswire.TLS12 && !p.narrowingSchemes() {
		a.offer.Schemes = p.schemes12.open(schemes12)
	}
	if len(p.likely(v)) > 0 {
		p.rideVariant(a)
	}
}

// narrowingSchemes reports whether a connection is under way, with no telling what it shows, that narrows the schemes of
// TLS 1.2.
func (p *plan) narrowingSchemes() bool {
	return p.flying(func(f flight) bool { return f.offer.Version == tlswire.TLS12 && len(f.offer.Schemes) > 0 && !f.guess }) > 0
}

// underWay reports whether a connection is under way whose offer matches.
func (p *plan) underWay(match func(evidence.Offer) bool) bool {
	return p.flying(func(f flight) bool { return match(f.offer) }) > 0
}

// count returns the number of replies, guesses apart, that match.
func (v *view) count(match func(reply) bool) int {
	n := 0
	for i := range v.replies {
		if !v.replies[i].guess && match(v.replies[i]) {
			n++
		}
	}
	return n
}

// nextScheme12 returns the undecided signature scheme of TLS 1.2 that a server most likely uses next with a suite like
// this, if one is likely and narrowing the schemes has hardly failed yet.
func (p *plan) nextScheme12(info tlswire.SuiteInfo) (tlswire.SignatureScheme, bool) {
	failed := p.count(func(r reply) bool {
		return r.offer.Version == tlswire.TLS12 && len(r.offer.Schemes) > 0 && r.scheme == 0 && !p.leavesScheme(&r) &&
			(r.kind == accepted || r.kind != lost && len(r.offer.Groups) == 0) // with narrowed groups these may be to blame
	})
	if failed >= maxFailedRides || !usesSignature(info) || len(p.schemes12.seen) == 0 {
		return 0, false
	}
	return firstIn(p.commonSchemes(info), p.schemes12.open(schemes12))
}

// commonSchemes are the schemes that common stacks sign with, by the kind of key; GnuTLS, told by its CCM, has
// SHA-1 too, and OpenSSL, told by the groups that it names, SHA-224.
func (p *plan) commonSchemes(info tlswire.SuiteInfo) []tlswire.SignatureScheme {
	if info.Auth == tlswire.AuthECDSA {
		return []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256, tlswire.ECDSASecp384r1SHA384, tlswire.ECDSASecp521r1SHA512}
	}
	common := []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512,
		tlswire.RSAPKCS1SHA256, tlswire.RSAPKCS1SHA384, tlswire.RSAPKCS1SHA512}
	switch {
	case p.hasCCM():
		return append(common, tlswire.RSAPKCS1SHA1)
	case p.groups13.named != nil && p.groups13.seen[tlswire.X448]:
		return append(common, tlswire.RSAPKCS1SHA224)
	}
	return common
}
