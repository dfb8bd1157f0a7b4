package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
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

// rideLastCurves offers the curves that are unlikely to be accepted, to a server that follows the client, with an accepted
// suite that needs a curve before the expected one, which needs none: if the server passes it over, no curve is left.
func (p *plan) rideLastCurves(a *ask) bool {
	v, suite := a.offer.Version, a.guess.suite
	info, _ := suite.Info()
	open := p.groups12.open(curves)
	if p.orderOf(v) != byClient || usesGroup(info) || len(open) == 0 || p.nextCurves() != nil || !slices.Equal(a.offer.Suites.First, []tlswire.Suite{suite}) ||
		p.count(passesCurves) > 0 || p.underWay(func(o evidence.Offer) bool { return passesCurves(reply{offer: o}) }) {
		return false
	}
	free := p.freeSuites(v)
	if len(free) == 0 || len(p.groups12.seen) == 0 {
		return false
	}
	a.offer.Groups = slices.Concat(open, finiteFields)
	a.offer.Suites.First = evidence.SuiteCodes{free[0], suite}
	a.offer.Suites.Without = difference(a.offer.Suites.Without, free[:1])
	return true
}

// passesCurves reports whether r's offer is one that rideLastCurves made.
func passesCurves(r reply) bool {
	o := r.offer
	return old(o.Version) && len(o.Groups) > 0 && len(o.Schemes) == 0 && len(o.Suites.First) == 2 && needsFreeGroup(o.Suites.First[0]) &&
		!needsFreeGroup(o.Suites.First[1])
}

// narrowCurves offers the undecided curves. While it is not known whose order of groups decides, one that is known to be
// accepted is offered again, last: only a server with an order of its own takes it.
func (p *plan) narrowCurves(a *ask, groups []tlswire.Group) {
	a.offer.Groups = slices.Concat(groups, finiteFields)
	if tail := p.tail(p.groups12, old); tail != 0 {
		a.offer.Groups = append(a.offer.Groups, tail)
	}
	if a.guess != nil {
		a.guess.group = p.likelyGroup(groups)
	}
}

// tail returns a group to be offered again, last, while it is not known whose order of groups decides in the versions that
// match accepts, and this was not tried; else 0.
func (p *plan) tail(c *chain[tlswire.Group], match func(tlswire.Version) bool) tlswire.Group {
	client, server := c.whose()
	if !client || !server || len(c.seen) == 0 {
		return 0
	}
	again := func(o evidence.Offer) bool {
		return match(o.Version) && len(o.Groups) > 0 && slices.Contains(o.Groups, c.accepted[0])
	}
	if p.underWay(again) || p.count(func(r reply) bool { return again(r.offer) }) > 0 {
		return 0
	}
	return c.accepted[0]
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

// signedWithRSA is what suites have in common that carry riders best.
var signedWithRSA = tlswire.SuiteInfo{KeyExchange: tlswire.KeyExchangeECDHE, Auth: tlswire.AuthRSA}

// carriesCurve reports whether s is signed with RSA, needs a curve and has a common cipher.
func carriesCurve(s tlswire.Suite) bool {
	info, _ := s.Info()
	return exchangeOf(info) == exchangeOf(signedWithRSA) && plausibleCipher(info) >= 7
}

// likelyCurve reports whether the next suite picked is likely one that is signed with RSA and needs a curve: the guess is,
// with a common cipher, or all suites found so far are.
func (p *plan) likelyCurve(v tlswire.Version, guess tlswire.SuiteInfo) bool {
	if p.orderOf(v) == byServer {
		return p.families().exchanges[exchangeOf(signedWithRSA)] == evidence.Yes && slices.ContainsFunc(p.wanted(p.tracks[v]), carriesCurve)
	}
	if !usesGroup(guess) || guess.Auth != tlswire.AuthRSA || p.families().exchanges[exchangeOf(guess)] != evidence.Yes {
		return false
	}
	if plausibleCipher(guess) >= 7 && p.orderOf(tlswire.TLS12) == byClient {
		return true
	}
	for _, t := range p.tracks {
		for _, s := range t.suites.accepted {
			if info, _ := s.Info(); old(t.version) && !(usesGroup(info) && info.Auth == tlswire.AuthRSA) {
				return false
			}
		}
	}
	return true
}

// narrowingSchemes reports whether a connection is under way, with no telling what it shows, that narrows the schemes of
// TLS 1.2.
func (p *plan) narrowingSchemes() bool {
	return p.flying(func(f flight) bool { return f.offer.Version == tlswire.TLS12 && len(f.offer.Schemes) > 0 && !f.guess }) > 0
}

// nextCurves returns the curves that are undecided, if one that servers commonly accept is among them. One that was refused
// in TLS 1.3 is most likely refused in the older versions, too.
func (p *plan) nextCurves() []tlswire.Group {
	open := p.groups12.open(curves)
	if other := p.narrowing(); other != 0 { // what that connection will likely show need not be offered twice
		open = difference(open, []tlswire.Group{other})
	}
	if len(p.groups12.seen) == 0 || p.likelyGroup(open) == 0 {
		return nil
	}
	return open
}

// narrowing returns the group that a connection under way, with no telling what it shows, most likely picks from its
// narrowed curves, or 0.
func (p *plan) narrowing() tlswire.Group {
	for _, f := range p.flights {
		if old(f.offer.Version) && len(f.offer.Groups) > 0 && !f.guess {
			return p.likelyGroup(f.offer.Groups)
		}
	}
	return 0
}

// likelyGroup returns the first of the undecided curves that is likely accepted, or 0. What TLS 1.3 has yet to tell of X448,
// which many servers lack, is waited for.
func (p *plan) likelyGroup(open []tlswire.Group) tlswire.Group {
	lone := p.tracks[tlswire.TLS13].spoken == evidence.No
	i := slices.IndexFunc(open, func(g tlswire.Group) bool {
		return p.groups13.seen[g] || !p.groups13.refused[g] && (slices.Contains(nistAndX25519, g) || lone && g == tlswire.X448)
	})
	if i < 0 {
		return 0
	}
	return open[i]
}

// maxFailedRides is how often a list is narrowed in vain before it is asked for alone.
const maxFailedRides = 2

// mayNarrowGroups reports whether narrowing the curves in version v has hardly failed yet, and is not under way without a
// guess, or only once where the suites to come can be told.
func (p *plan) mayNarrowGroups(v tlswire.Version) bool {
	most := 0
	if p.orderOf(v) != byServer {
		most = 1
	}
	narrowed := func(o evidence.Offer) bool { return old(o.Version) && len(o.Groups) > 0 }
	return p.flying(func(f flight) bool { return narrowed(f.offer) && !f.guess }) <= most &&
		p.count(func(r reply) bool { return narrowed(r.offer) && r.kind != lost && r.group == 0 && !p.leavesGroup(&r) }) < maxFailedRides
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

// ride13 lets a TLS 1.3 connection show the next group and the next signature scheme too, which a server chooses apart
// from the suite, and finishes one handshake. With narrowed groups no key share is sent, so that the server names its
// choice in a HelloRetryRequest.
func (p *plan) ride13(a *ask) {
	share, ok := p.shareable()
	if !ok {
		return
	}
	if next, found := p.nextGroup13(); found && len(a.offer.Groups) == 0 && p.mayNarrow13(func(o evidence.Offer) bool { return len(o.Groups) > 0 }) {
		a.offer.Groups, a.guess.group = p.groups13.open(groups13), next
		if tail := p.tail(p.groups13, is13); tail != 0 {
			a.offer.Groups = append(a.offer.Groups, tail)
		}
	}
	if pair := p.reversedPair(); pair != nil && len(a.offer.Groups) == 0 {
		a.offer.Groups, a.guess.group = pair, pair[0]
	}
	if next, found := p.nextScheme13(); found && p.mayNarrow13(func(o evidence.Offer) bool { return len(o.Schemes) > 0 }) {
		a.offer.Schemes, a.guess.scheme = p.schemes13.open(schemes13), next
	}
	finish := p.goal.finished && !p.finishedOnce() && !p.underWay(func(o evidence.Offer) bool { return o.Has(evidence.Finished) })
	if len(a.offer.Schemes) == 0 && !finish {
		return
	}
	if len(a.offer.Groups) == 0 {
		a.offer.KeyShares = []tlswire.Group{share}
	}
	a.offer.Variants = append(a.offer.Variants, map[bool]evidence.Variant{false: evidence.ServerFlight, true: evidence.Finished}[finish])
}

// reversedPair returns two accepted groups in the order that shows whose order decides, if that is not known and nobody
// is asking: groups that the server named itself were never chosen from.
func (p *plan) reversedPair() []tlswire.Group {
	pairs := func(o evidence.Offer) bool { return is13(o.Version) && len(o.Groups) == 2 }
	if p.groups13.named == nil || p.underWay(pairs) {
		return nil
	}
	list := p.missingGroups(p.groups13, "group-order-tls13")
	if slices.ContainsFunc(list, func(g tlswire.Group) bool { return !slices.Contains(tlspeer.Groups(), g) }) {
		return nil
	}
	return list
}

// mayNarrow13 reports whether narrowing a list of TLS 1.3 in the way that match tells was not refused before, and is not
// under way without a guess.
func (p *plan) mayNarrow13(match func(evidence.Offer) bool) bool {
	narrowed := func(o evidence.Offer) bool { return is13(o.Version) && match(o) }
	return p.flying(func(f flight) bool { return narrowed(f.offer) && !f.guess }) == 0 && p.count(func(r reply) bool {
		return narrowed(r.offer) && (r.kind == refused || r.kind == closed || r.cut)
	}) == 0
}

// nextGroup13 returns the undecided group of TLS 1.3 that is most likely accepted, if one is likely and a handshake can be
// made with it.
func (p *plan) nextGroup13() (tlswire.Group, bool) {
	if len(p.groups13.seen) == 0 {
		return 0, false
	}
	g, ok := p.guessGroup(p.groups13.open(groups13))
	return g, ok && slices.Contains(tlspeer.Groups(), g)
}

// nextScheme13 returns the undecided scheme that a server with the kind of key seen most likely uses in TLS 1.3.
func (p *plan) nextScheme13() (tlswire.SignatureScheme, bool) {
	common := []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512}
	if !slices.ContainsFunc(common, func(s tlswire.SignatureScheme) bool { return p.schemes13.seen[s] }) {
		return 0, false
	}
	return firstIn(common, p.schemes13.open(schemes13))
}

// shareable returns a group that the server accepts and that a handshake can be made with, cheapest first.
func (p *plan) shareable() (tlswire.Group, bool) {
	for _, g := range []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448,
		tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024, tlswire.FFDHE2048, tlswire.FFDHE3072, tlswire.FFDHE4096} {
		if p.groups13.seen[g] {
			return g, true
		}
	}
	return 0, false
}
