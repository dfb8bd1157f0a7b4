package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

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
