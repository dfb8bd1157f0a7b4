package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// order are the versions to be asked, with TLS 1.0 first if an answer will tell that it is spoken.
func (q *quick) order() []tlswire.Version {
	list := []tlswire.Version{tlswire.TLS13, tlswire.TLS12, tlswire.TLS11, tlswire.TLS10, tlswire.SSLv3}
	if q.likelySpoken(q.tracks[tlswire.TLS10]) {
		list = []tlswire.Version{tlswire.TLS10, tlswire.TLS13, tlswire.TLS12, tlswire.TLS11, tlswire.SSLv3}
	}
	return slices.DeleteFunc(list, func(v tlswire.Version) bool { return len(q.wants[v]) == 0 })
}

// modern reports whether nothing was seen of the server so far but ephemeral keys in TLS 1.2 and newer. Such a server most
// likely refuses all else.
func (q *quick) modern() bool {
	for v, t := range q.tracks {
		if v < tlswire.TLS12 && (t.spoken == evidence.Yes || len(t.suites.seen) > 0) {
			return false
		}
	}
	seen := q.seenSuites(tlswire.TLS12, func(tlswire.SuiteInfo) bool { return true })
	return len(seen) > 0 && !slices.ContainsFunc(seen, func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !usesGroup(info) && !isDHE(info) || info.Anonymous || unlikely(info) && info.Auth != tlswire.AuthECDSA
	})
}

// nextSweep offers a modern server all at once that would decide something in TLS 1.2, likely or not: one refusal closes it.
// Finite fields are offered apart where the server may hang up because of them.
func (q *quick) nextSweep() (ask, bool) {
	const v = tlswire.TLS12
	lists := [][]tlswire.Suite{q.wants[v]}
	if q.hangsUp() {
		lists = [][]tlswire.Suite{slices.DeleteFunc(slices.Clone(q.wants[v]), isFiniteField),
			slices.DeleteFunc(slices.Clone(q.wants[v]), func(s tlswire.Suite) bool { return !isFiniteField(s) })}
	}
	for _, list := range lists {
		if len(list) > 0 && q.flying(func(f flight) bool {
			return f.question == suitesQuestion(v) && (!q.hangsUp() || isFiniteField(offeredSuites(f.offer)[0]) == isFiniteField(list[0]))
		}) == 0 {
			return q.offer(v, list), true
		}
	}
	return ask{}, false
}

// swept reports whether a sweep was accepted.
func (q *quick) swept() bool {
	return q.count(func(r reply) bool {
		return r.kind == accepted && questionOf(r.id) == suitesQuestion(tlswire.TLS12) && len(r.offer.Suites.Only) > 0
	}) > 0
}

// nextUnlikely offers what would decide the predicates that probably do not hold. Of the versions that share their suites
// one goes ahead: what it turns out to accept, the others need not be asked.
func (q *quick) nextUnlikely() (ask, bool) {
	ahead := !q.confirmed() && slices.ContainsFunc(versions, func(v tlswire.Version) bool { return old(v) && q.asksUnlikely(v) })
	for _, v := range q.order() {
		list := q.unlikely(v)
		asking := q.asksUnlikely(v) || q.covers(v, list)
		if len(list) > 0 && !asking && !(old(v) && (ahead || q.waits())) {
			return q.offer(v, list), true
		}
		ahead = ahead || old(v) && (len(list) > 0 || asking) && !q.confirmed()
	}
	return ask{}, false
}

// waits reports whether it is about to be decided if a likely key exchange is accepted: if not, its suites can be offered
// together with the unlikely ones. With several versions one goes ahead anyway, and where a sweep was accepted it is late.
func (q *quick) waits() bool {
	return !q.speaksOld() && !q.hangsUp() && !q.swept() && q.flying(func(f flight) bool {
		return f.question == suitesQuestion(f.offer.Version) && q.asksLikely(f.offer) &&
			!slices.ContainsFunc(f.offer.Suites.Only, func(s tlswire.Suite) bool {
				info, _ := s.Info()
				return q.families().exchanges[exchangeOf(info)] == evidence.Yes
			})
	}) > 0
}

// unlikely returns the suites of version v that would decide a predicate that probably does not hold: with finite fields
// last, and apart where the server may hang up because of them.
func (q *quick) unlikely(v tlswire.Version) []tlswire.Suite {
	list := q.openUnlikely(v, q.wants[v])
	if others := slices.DeleteFunc(slices.Clone(list), isFiniteField); q.hangsUp() && len(others) > 0 {
		return others
	}
	return list
}

// matching counts the open predicates among those that use accepts which s would decide.
func (q *quick) matching(v tlswire.Version, s tlswire.Suite, use func(int) bool) int {
	info, _ := s.Info()
	n := 0
	for i, match := range q.goal.any {
		if use(i) && match(v, info) && !q.predicateSeen(i) {
			n++
		}
	}
	return n
}

// asksUnlikely reports whether a connection of version v is under way that offers suites of several kinds.
func (q *quick) asksUnlikely(v tlswire.Version) bool {
	return q.flying(func(f flight) bool {
		return f.offer.Version == v && f.question == suitesQuestion(v) && len(f.offer.Suites.Only) > 0 && !q.asksLikely(f.offer)
	}) > 0
}

// covers reports whether a connection of version v is under way that offers all of list among others: if it is refused, so is
// list.
func (q *quick) covers(v tlswire.Version, list []tlswire.Suite) bool {
	return len(list) > 0 && q.flying(func(f flight) bool {
		return f.offer.Version == v && f.question == suitesQuestion(v) && len(f.offer.Suites.Only) > 0 &&
			len(difference(list, offeredSuites(f.offer))) == 0
	}) > 0
}

// asksLikely reports whether o offers nothing but suites that would decide the same open predicate, which probably holds.
func (q *quick) asksLikely(o evidence.Offer) bool {
	for i, match := range q.goal.any {
		if q.likely[i] && old(o.Version) && all(o, match) {
			return true
		}
	}
	return false
}

// all reports whether match accepts all suites that o offers.
func all(o evidence.Offer, match func(tlswire.Version, tlswire.SuiteInfo) bool) bool {
	return !slices.ContainsFunc(offeredSuites(o), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !match(o.Version, info)
	})
}

// confirmed reports whether the latest offer of what is unlikely was refused in some version, so that the others will most
// likely refuse it too.
func (q *quick) confirmed() bool {
	for v, t := range q.tracks {
		if old(v) && t.spoken != evidence.No && len(t.suites.refused) > 0 && !q.asksUnlikely(v) && len(q.openUnlikely(v, q.wanted(t))) == 0 {
			return true
		}
	}
	return false
}

// openUnlikely returns the suites of list that would decide a predicate that probably does not hold.
func (q *quick) openUnlikely(v tlswire.Version, list []tlswire.Suite) []tlswire.Suite {
	return slices.DeleteFunc(slices.Clone(list), func(s tlswire.Suite) bool {
		return q.matching(v, s, func(i int) bool { return !q.likely[i] }) == 0
	})
}

// nextLikely offers suites each of which would decide as many as possible of the predicates that probably hold and that
// nobody is asking for.
func (q *quick) nextLikely() (ask, bool) {
	pending := q.pending()
	open := func(i int) bool { return q.likely[i] && !pending[i] }
	var best tlswire.Suite
	var version tlswire.Version
	most := 0
	for _, v := range q.order() {
		for _, s := range q.wants[v] {
			if n := q.matching(v, s, open); n > most && q.plausible(s) {
				best, version, most = s, v, n
			}
		}
	}
	if most == 0 {
		return ask{}, false
	}
	if isFiniteField(best) && q.hangsUp() { // they are offered apart anyway
		return q.offer(version, slices.DeleteFunc(slices.Clone(q.wants[version]), func(s tlswire.Suite) bool { return !isFiniteField(s) })), true
	}
	return q.offer(version, slices.DeleteFunc(slices.Clone(q.wants[version]), func(s tlswire.Suite) bool {
		return isFiniteField(s) != isFiniteField(best) || !q.atLeast(version, s, best, open)
	})), true
}

// atLeast reports whether s would decide all that best does of the predicates that use accepts.
func (q *quick) atLeast(v tlswire.Version, s, best tlswire.Suite, use func(int) bool) bool {
	other, _ := best.Info()
	info, _ := s.Info()
	for i, match := range q.goal.any {
		if use(i) && !q.predicateSeen(i) && match(v, other) && !match(v, info) {
			return false
		}
	}
	return true
}

// pending tells which predicates a connection under way will decide in one version, or the question for signatures will.
func (q *quick) pending() []bool {
	offers := []evidence.Offer{}
	for _, f := range q.flights {
		if len(f.offer.Suites.Only) > 0 {
			offers = append(offers, f.offer)
		}
	}
	if ride := q.rideSchemes(); len(ride) > 0 {
		offers = append(offers, evidence.Offer{Version: tlswire.TLS12, Suites: evidence.SuiteOffer{Only: ride}})
	}
	pending := make([]bool, len(q.goal.any))
	for _, o := range offers {
		for i, match := range q.goal.any {
			pending[i] = pending[i] || all(o, match)
		}
	}
	return pending
}

func (q *quick) offer(v tlswire.Version, list []tlswire.Suite) ask {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b tlswire.Suite) int { return q.decides(v, b) - q.decides(v, a) })
	return ask{question: suitesQuestion(v), offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: q.chunk(finiteFieldLast(list))}}}
}
