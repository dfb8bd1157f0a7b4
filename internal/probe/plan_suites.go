package probe

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// suitesQuestion files the observations of one version's list.
func suitesQuestion(v tlswire.Version) string {
	return "suites-" + strings.ToLower(strings.ReplaceAll(v.String(), " ", ""))
}

// nextSuites goes on with the version that has most left to do for the connections it has under way.
func nextSuites(p *plan) (ask, bool) {
	if !p.goal.suites && p.goal.versions {
		return nextQuick(p)
	}
	var best ask
	bestLoad := -1
	for _, v := range versions {
		a, ok := p.nextSuite(p.tracks[v])
		if load := p.load(v); ok && load > bestLoad && !p.answered(a.offer) {
			best, bestLoad = a, load
		}
	}
	return best, bestLoad >= 0
}

// load ranks versions: those nobody asked yet first, then by what is expected to be left per connection under way.
func (p *plan) load(v tlswire.Version) int {
	flying := p.flying(func(f flight) bool { return f.offer.Version == v })
	if flying == 0 && p.tracks[v].asked == 0 {
		return 1 << 20
	}
	return 100 * (1 + len(p.likely(v))) / (1 + flying)
}

// nextSuite returns the next step of the elimination in one version.
func (p *plan) nextSuite(t *track) (ask, bool) {
	if !p.goal.versions && !p.goal.suites || p.done(t) || p.busy(t.version) || t.lost > 0 && len(p.flights) > 0 {
		return ask{}, false // after a reply that said nothing, those of other versions may tell how to read it
	}
	o := evidence.Offer{Version: t.version}
	if t.spoken != evidence.Yes {
		return p.firstSuite(t, o)
	}
	wanted := p.wanted(t)
	if len(wanted) == 0 { // a guess stands for the last of them
		return ask{}, false
	}
	return p.eliminate(t, o, wanted)
}

// firstSuite asks whether the version is spoken at all.
func (p *plan) firstSuite(t *track, o evidence.Offer) (ask, bool) {
	if p.flying(func(f flight) bool { return f.offer.Version == t.version }) > 0 {
		return ask{}, false
	}
	if t.mixed {
		if len(p.flights) > 0 && !p.followsClient() { // if the client's order decides, there was no mix
			return ask{}, false
		}
		o.Suites.Only = p.chunk(t.offerable())
	}
	if len(t.suites.refused) > 0 {
		// All of it was refused, but perhaps only the first 64 were read. That shows once some version is spoken.
		if p.longLists == evidence.Unsure && !p.exhausted("long-lists", 2) && (p.mayCalibrate() || len(p.flights) > 0) {
			return ask{}, false
		}
		o.Suites.Only = p.chunk(t.offerable())
	}
	if t.lost > 0 && t.version > tlswire.SSLv3 { // perhaps it cannot read the full hello
		o.Variants = append(o.Variants, evidence.Minimal)
		o.Suites.Only = minimalSuites(t.version)
	}
	if t.version == tlswire.TLS12 && p.longLists == evidence.Unsure && !p.goal.passive && !p.tried(evidence.UnknownFirst) {
		o.Variants = append(o.Variants, evidence.UnknownFirst) // how a list is read tells what refusals of long lists mean
	}
	if !p.goal.details && !o.Has(evidence.Minimal) {
		o.Variants = append(o.Variants, p.firstRiders(t.version)...)
	}
	if chacha := chachaOf(t.version); p.goal.details && o.Suites.IsZero() && chacha != 0 {
		o.Suites.First = evidence.SuiteCodes{chacha} // tells whether a server with an order of its own minds
	}
	if t.version == tlswire.TLS13 && !o.Has(evidence.Minimal) {
		o.KeyShares = []tlswire.Group{tlswire.Secp256r1}
		o.Variants = append(o.Variants, evidence.ServerFlight)
	}
	return ask{question: suitesQuestion(t.version), offer: o}, true
}

// chunk limits a list to what every server reads.
func (p *plan) chunk(list []tlswire.Suite) []tlswire.Suite {
	if p.longLists == evidence.Yes {
		return list
	}
	return list[:min(len(list), 64)]
}

// minimalSuites are a few suites that nearly every server of version v has one of.
func minimalSuites(v tlswire.Version) []tlswire.Suite {
	list := templateSuites(v)
	return slices.Clone(list[:min(len(list), 24)])
}

// eliminate offers all that is undecided, with the suite most likely accepted in the place where it would be picked.
func (p *plan) eliminate(t *track, o evidence.Offer, open []tlswire.Suite) (ask, bool) {
	v := t.version
	stacked := p.flying(func(f flight) bool { return f.offer.Version == v })
	if stacked >= p.window(v) || p.longLists == evidence.Unsure && len(t.suites.refused) > 0 && !p.exhausted("long-lists", 2) {
		return ask{}, false
	}
	reserved := p.reserved(v)
	open = difference(open, reserved)
	if len(open) == 0 {
		return ask{}, false
	}
	again := p.displaced(t)
	open = append(open, again...)
	o.Suites.Without = difference(slices.Concat(t.suites.accepted, reserved), again)
	if p.longLists != evidence.Yes && len(t.suites.refused) > 0 || p.longLists == evidence.No || t.mixed {
		o.Suites = evidence.SuiteOffer{Only: p.chunk(open)}
	}
	guess, sure := p.guess(v, open)
	if !sure && (len(reserved) > 0 || stacked > 0) {
		return ask{}, false
	}
	return p.guessing(t, o, open, again, guess, sure), true
}

// guessing makes an offer of the undecided suites of t, in which guess is the one most likely picked; if that is sure enough
// to build on, the connection explores and carries riders. again are the accepted suites that are offered once more.
func (p *plan) guessing(t *track, o evidence.Offer, open, again []tlswire.Suite, guess tlswire.Suite, sure bool) ask {
	v := t.version
	a := ask{question: suitesQuestion(v), offer: o}
	p.arrange(t, &a.offer, guess)
	if sure && guess != 0 {
		a.guess = &reply{kind: accepted, guess: true, version: v, suite: guess}
	}
	if sure && p.orderOf(v) == byClient && len(a.offer.Suites.First) == 1 && p.goal.suites && old(v) {
		if s := p.explorer(open, guess); s != 0 {
			a.offer.Suites.First = evidence.SuiteCodes{s, guess}
			a.offer.Suites.Without = difference(a.offer.Suites.Without, a.offer.Suites.First)
		}
	}
	switch {
	case sure:
		p.ride(&a)
		a.guess.offer = a.offer
	case !p.rodeInVain(v):
		p.rideEarly(&a, guess)
	}
	if p.answered(a.offer) {
		a.alight()
	}
	if p.answered(a.offer) {
		a.offer.Suites.Without = append(a.offer.Suites.Without, again...)
	}
	return a
}

// alight takes all riders off.
func (a *ask) alight() {
	a.offer.Groups, a.offer.Schemes, a.offer.KeyShares, a.offer.Variants = nil, nil, nil, nil
	if a.guess != nil {
		a.guess.group, a.guess.scheme, a.guess.offer = 0, 0, a.offer
	}
}

// window is how many connections of version v may be under way at once: few while guesses fail, more as they come true.
func (p *plan) window(v tlswire.Version) int {
	switch {
	case p.orderOf(v) == byClient && p.known(v):
		return 16
	case p.orderOf(v) == byClient:
		return 4 + 2*p.hits[v]
	case p.known(v):
		return 2 + 2*p.hits[v]
	}
	return min(1+p.hits[v]/2, 3)
}

// arrange puts the suites in the order that makes the answer most telling. Elimination alone never tells a server with
// an order of its own from one that follows the client, since both fit the order in which suites are found; a suite that
// is offered again, last, does: only a server of the first kind takes it.
func (p *plan) arrange(t *track, o *evidence.Offer, guess tlswire.Suite) {
	own, others := ownOrder(t.suites), p.orderOf(t.version)
	favourite := slices.IndexFunc(t.suites.accepted, isOther)
	if own == nobodyYet && others != byServer && favourite >= 0 && !isChaCha(guess) && !p.offeredAgain(t) &&
		!(others == nobodyYet && p.underWay(func(o evidence.Offer) bool { return len(o.Suites.Last) > 0 })) { // one version tells for all
		o.Suites.Last = evidence.SuiteCodes{t.suites.accepted[favourite]}
		o.Suites.Without = difference(o.Suites.Without, o.Suites.Last)
	}
	if others != byServer && guess != 0 && !(isChaCha(guess) && own == nobodyYet) &&
		!(t.mixed && isFiniteField(guess) != isFiniteField(p.wanted(t)[0])) {
		o.Suites.First = evidence.SuiteCodes{guess}
	}
}

// chachaOf returns the ChaCha20 suite of version v that servers most commonly accept, or 0.
func chachaOf(v tlswire.Version) tlswire.Suite {
	for _, s := range templateSuites(v) {
		if info, _ := s.Info(); isChaCha(s) && info.Recommended == "Y" {
			return s
		}
	}
	return 0
}

// displaced returns the ChaCha20 suites of t that were picked once because they stood first, which tells nothing of their
// place in the server's own order. Offered again they are picked when it is their turn.
func (p *plan) displaced(t *track) []tlswire.Suite {
	if p.orderOf(t.version) == byClient {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.suites.accepted), func(s tlswire.Suite) bool {
		picks, placed := t.suites.picked(s)
		return !isChaCha(s) || picks > 1 || placed
	})
}

// offeredAgain reports whether some connection of the version offers, or offered, a suite again.
func (p *plan) offeredAgain(t *track) bool {
	again := func(o evidence.Offer) bool { return o.Version == t.version && len(o.Suites.Last) > 0 }
	return slices.ContainsFunc(p.flights, func(f flight) bool { return again(f.offer) }) ||
		slices.ContainsFunc(p.replies, func(r reply) bool { return again(r.offer) })
}

// nextLongLists asks, once a refusal depends on it and no chain could carry it, whether suites after the first 64 are read.
func nextLongLists(p *plan) (ask, bool) {
	if p.longLists != evidence.Unsure || p.exhausted("long-lists", 2) || !p.stuck() ||
		p.underWay(func(o evidence.Offer) bool { return o.Has(evidence.UnknownFirst) }) {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		seen := p.seenSuites(v, func(tlswire.SuiteInfo) bool { return true })
		if v != tlswire.SSLv2 && len(seen) > 0 {
			return ask{offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: seen}, Variants: []evidence.Variant{evidence.UnknownFirst}}}, true
		}
	}
	return ask{}, false
}

// mayCalibrate reports whether some version is spoken that can tell how long lists are read.
func (p *plan) mayCalibrate() bool {
	return slices.ContainsFunc(p.spoken(), func(v tlswire.Version) bool { return v != tlswire.SSLv2 })
}

// stuck reports whether a list was refused of which perhaps only the first 64 were read.
func (p *plan) stuck() bool {
	for _, t := range p.tracks {
		if t.spoken != evidence.No && old(t.version) && len(t.suites.refused) > 0 && len(p.wanted(t)) > 0 && !p.busy(t.version) {
			return true
		}
	}
	return false
}
