package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// A quick scan takes three rounds of connections as a rule. The first offers everything in each version, in an order in
// which a server that follows it shows most. The second offers what is likely accepted, one suite of a kind at a time, and
// in one version what is likely not, all of it at once. The third offers the latter in the other versions. A wrong
// expectation costs a connection and nothing else: what counts is what the server answers.

// quickVersions are the versions in the order in which they are first asked. TLS 1.0 comes last: where TLS 1.1 is refused, it
// is too; and where it is spoken, TLS 1.0 most likely is, and can be asked for something more useful than anything.
var quickVersions = []tlswire.Version{tlswire.TLS12, tlswire.TLS13, tlswire.TLS11, tlswire.SSLv3, tlswire.SSLv2, tlswire.TLS10}

// nextQuick returns the next offer of suites of a quick scan.
func nextQuick(p *plan) (ask, bool) {
	for _, v := range quickVersions {
		if a, ok := p.quickFirst(v); ok && !p.answered(a.offer) {
			return a, true
		}
	}
	if p.surveying() {
		return ask{}, false
	}
	q := newQuick(p)
	if q.modern() {
		if a, ok := q.nextSweep(); ok && !p.answered(a.offer) {
			return a, true
		}
		if p.asking(suitesQuestion(tlswire.TLS12)) { // what comes of it decides what else there is to ask
			delete(q.wants, tlswire.TLS12)
		}
	}
	order := []func() (ask, bool){q.nextUnlikely, q.nextLikely}
	if !p.speaksOld() {
		order = []func() (ask, bool){q.nextLikely, q.nextUnlikely}
	}
	for _, next := range order {
		if a, ok := next(); ok && !p.answered(a.offer) && !p.offering(a.offer) {
			return a, true
		}
	}
	return ask{}, false
}

// offering reports whether a connection is under way that offers the same suites.
func (p *plan) offering(o evidence.Offer) bool {
	return p.underWay(func(other evidence.Offer) bool {
		return other.Version == o.Version && slices.Equal(offeredSuites(other), offeredSuites(o))
	})
}

// quickFirst asks whether version v is spoken.
func (p *plan) quickFirst(v tlswire.Version) (ask, bool) {
	t := p.tracks[v]
	if t.spoken != evidence.Unsure || p.done(t) || t.lost > 0 && len(p.flights) > 0 || p.likelySpoken(t) ||
		v == tlswire.TLS10 && p.surveying() {
		return ask{}, false
	}
	a, ok := p.firstSuite(t, evidence.Offer{Version: v})
	if ok && len(a.offer.Suites.Only) == 0 {
		a.offer.Suites.First = p.showFirst(v)
	}
	return a, ok
}

// surveying reports whether a version is being asked for the first time, TLS 1.0 apart. What is asked afterwards depends on
// it; and if one of the later answers is an acceptance, it shows that those who hung up meant it.
func (p *plan) surveying() bool {
	return p.flying(func(f flight) bool {
		t := p.tracks[f.offer.Version]
		return t.spoken == evidence.Unsure && t.asked == 0 && t.version != tlswire.TLS10
	}) > 0
}

// speaksOld reports whether TLS 1.1 or TLS 1.0 was seen.
func (p *plan) speaksOld() bool {
	return p.tracks[tlswire.TLS11].spoken == evidence.Yes || p.tracks[tlswire.TLS10].spoken == evidence.Yes
}

// likelySpoken reports whether t is TLS 1.0, of which nothing was seen yet, of a server that speaks TLS 1.1.
func (p *plan) likelySpoken(t *track) bool {
	return t.version == tlswire.TLS10 && t.spoken == evidence.Unsure && t.asked == 0 && p.tracks[tlswire.TLS11].spoken == evidence.Yes &&
		len(p.wanted(t)) > 0
}

// showFirst returns the suites to be put first in the first offer of version v. A server that follows the client's order
// shows the worst that it accepts, and one with an order of its own shows the same as ever. In TLS 1.2 a signature must be
// seen too, and in TLS 1.0 more than elliptic curves.
func (p *plan) showFirst(v tlswire.Version) evidence.SuiteCodes {
	list := slices.DeleteFunc(slices.Clone(templateSuites(v)), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		switch {
		case plausibleExchange(info) == 0 || isFiniteField(s) || info.Recommended == "-":
		case v == tlswire.TLS12:
			return !usesGroup(info) || info.Anonymous || info.Mode != tlswire.ModeCBC && !unlikely(info)
		case v == tlswire.TLS10 || v == tlswire.TLS11:
			return !unlikely(info) && info.KeyExchange != tlswire.KeyExchangeRSA
		}
		return true
	})
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b tlswire.Suite) int {
		x, _ := a.Info()
		y, _ := b.Info()
		if unlikely(x) != unlikely(y) {
			return map[bool]int{true: -1, false: 1}[unlikely(x)]
		}
		return p.decides(v, b) - p.decides(v, a)
	})
	return list
}
