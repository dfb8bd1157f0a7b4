package probe

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// nextOrder asks for comparisons that the elimination left out: between suites that stood in no offer together where one
// was picked, and, where all picks fit both the client's order and one of the server's own, between two in reverse.
func nextOrder(p *plan) (ask, bool) {
	if !p.goal.details {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		t := p.tracks[v]
		question := fmt.Sprintf("order-%s", suitesQuestion(v)[len("suites-"):])
		if v == tlswire.SSLv2 || !p.done(t) || p.asking(question) || p.exhausted(question, 2+len(t.suites.seen)) {
			continue
		}
		if list := missing(t.suites, isChaCha); list != nil {
			if client, _ := t.suites.whose(); !client { // with AES-GCM first, no server takes us for a client without AES instructions
				slices.SortStableFunc(list, func(a, b tlswire.Suite) int { return rankGCM(a) - rankGCM(b) })
			}
			return ask{question: question, offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: list}}}, true
		}
	}
	return ask{}, false
}

func rankGCM(s tlswire.Suite) int {
	if isAESGCM(s) {
		return 0
	}
	return 1
}

// missing returns members of c to be compared next, in the order in which they are to be offered, or nil. A member for which
// never is true is not offered first.
func missing[T comparable](c *chain[T], never func(T) bool) []T {
	client, server := c.whose()
	if !server || len(c.seen) < 2 || c.named != nil && !client {
		return nil
	}
	order, _ := c.serverOrder()
	if client {
		if a, b, ok := c.untwisted(order, never); ok {
			return []T{b, a}
		}
		return nil
	}
	list := c.unplaced(order)
	first := slices.IndexFunc(list, func(x T) bool { return !never(x) })
	if first < 0 { // among themselves they are in the server's order
		return list
	}
	return slices.Concat(list[first:], list[:first])
}

// unplaced returns a member whose place in order is not known, last, after those to compare it with: all that follow, and if it
// does not stand before them, half of them. If it is picked it stands before them, else behind the one that is.
func (c *chain[T]) unplaced(order []T) []T {
	a, _, ok := c.undecidedPair(order)
	if !ok {
		return nil
	}
	rivals := slices.DeleteFunc(slices.Clone(order[slices.Index(order, a)+1:]), func(x T) bool { return c.beats(a, x) })
	if c.lostAmongSeen(a) {
		rivals = rivals[len(rivals)/2:]
	}
	return append(rivals, a)
}

// lostAmongSeen reports whether a was passed over in an offer of nothing but members known to be accepted.
func (c *chain[T]) lostAmongSeen(a T) bool {
	return slices.ContainsFunc(c.trials, func(t trial[T]) bool {
		return t.ranks() && t.pick != a && slices.Contains(t.offered, a) &&
			!slices.ContainsFunc(t.offered, func(x T) bool { return !c.seen[x] })
	})
}

// untwisted returns a pair whose preference is known, to be offered the other way round; if there is none, any pair.
func (c *chain[T]) untwisted(order []T, never func(T) bool) (a, b T, ok bool) {
	for _, a := range order {
		for _, b := range order {
			if c.beats(a, b) && !never(b) {
				return a, b, !c.compared(a, b)
			}
		}
	}
	i := slices.IndexFunc(order, func(x T) bool { return !never(x) })
	if i < 0 {
		return a, b, false
	}
	other := order[0]
	if i == 0 {
		other = order[1]
	}
	return other, order[i], !c.compared(other, order[i])
}

// compared reports whether an offer with just b and a, in this order, was answered.
func (c *chain[T]) compared(a, b T) bool {
	return slices.ContainsFunc(c.trials, func(t trial[T]) bool { return t.ranks() && slices.Equal(t.offered, []T{b, a}) })
}

// nextGroupOrder asks the same of the groups.
func nextGroupOrder(p *plan) (ask, bool) {
	if !p.goal.details || !p.settled(func(v tlswire.Version) bool { return v != tlswire.SSLv2 }) {
		return ask{}, false
	}
	if list := p.missingGroups(p.groups13, "group-order-tls13"); list != nil {
		return ask{question: "group-order-tls13", offer: evidence.Offer{Version: tlswire.TLS13, Groups: list}}, true
	}
	for _, v := range p.spoken() {
		list := p.missingGroups(p.groups12, "group-order-tls12")
		if seen := p.groupSuites(v); list != nil && old(v) && len(seen) > 0 {
			return ask{question: "group-order-tls12", offer: evidence.Offer{Version: v,
				Suites: evidence.SuiteOffer{Only: seen}, Groups: list}}, true
		}
	}
	return ask{}, false
}

func (p *plan) missingGroups(c *chain[tlswire.Group], question string) []tlswire.Group {
	if p.asking(question) || p.exhausted(question, 2+len(c.seen)) {
		return nil
	}
	return missing(c, func(tlswire.Group) bool { return false })
}

// nextChaCha asks a server with an order of its own whether it puts ChaCha20 first for clients that do.
func nextChaCha(p *plan) (ask, bool) {
	for _, v := range p.spoken() {
		t := p.tracks[v]
		question := fmt.Sprintf("chacha-%s", suitesQuestion(v)[len("suites-"):])
		if !p.goal.details || !p.done(t) || ownOrder(t.suites) != byServer || p.asking(question) || p.exhausted(question, 2) {
			continue
		}
		order, _ := t.suites.serverOrder()
		i := slices.IndexFunc(order, isChaCha)
		if i <= 0 || p.triedChaCha(v) {
			continue
		}
		return ask{question: question, offer: evidence.Offer{Version: v,
			Suites: evidence.SuiteOffer{Only: order[:i+1], First: order[i : i+1]}, Variants: []evidence.Variant{evidence.ChaChaFirst}}}, true
	}
	return ask{}, false
}

// triedChaCha reports whether an offer was answered in version p that had a ChaCha20 suite first that is accepted, and one
// that the server prefers to it.
func (v *view) triedChaCha(p tlswire.Version) bool {
	order, _ := v.tracks[p].suites.serverOrder()
	return v.count(func(r reply) bool {
		best, ok := firstIn(order, v.read(r.offer, r.suites))
		return ok && r.kind == accepted && r.version == p && !narrowed(r.offer) && chachaFirst(r.suites) && !isChaCha(best) &&
			v.tracks[p].suites.seen[r.suites[0]]
	}) > 0
}
