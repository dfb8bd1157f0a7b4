package probe

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// refuses reports whether r is a refusal. A server that hangs up refuses only if it was well before and after; whether it
// is well after, the control shows, so planning goes ahead.
func (v *view) refuses(r *reply) bool {
	switch r.kind {
	case refused:
		return true
	case closed:
		return v.meant(r) && !v.oversized(r) && !v.unwell(r) && (r.end <= v.lastAccept || v.trusting && v.lastAccept > 0)
	}
	return false
}

// oversized reports whether the hello of r was so large, by its key shares, that its size may be what the server minded.
func (v *view) oversized(r *reply) bool {
	return slices.ContainsFunc(r.offer.KeyShares, func(g tlswire.Group) bool { return slices.Contains(hybrids, g) }) && !v.works(evidence.Padded1500)
}

// meant reports whether a server hung up on purpose, since connections break for other reasons too: one that refuses by
// alerts otherwise has to do it again without one, and so has one that resets connections.
func (v *view) meant(r *reply) bool {
	switch {
	case r.alert != nil || r.offer.Version == tlswire.SSLv2:
		return true
	case v.alerts:
		return !v.lossy && v.hungUpAgain(r)
	case r.reset && !v.trusting:
		return !v.lossy && v.hungUpAgain(r)
	}
	return true
}

// hungUps counts the hang-ups without an alert that the offer of r was met by.
func (v *view) hungUps(r *reply) int {
	return v.count(func(other reply) bool { return other.kind == closed && other.alert == nil && other.repeats(r) })
}

// hungUpAgain reports whether the offer of r was met by a hang-up often enough to be no accident. Resets are what a broken line
// does, and less to be expected of a server that refuses versions by alerts: in some hundred scans over a line that resets one
// connection in ten, one meets two in a row.
func (v *view) hungUpAgain(r *reply) bool {
	n := v.convincing()
	if r.reset && v.protests() {
		n++
	}
	return v.hungUps(r) >= n
}

// protests reports whether the server refuses by an alert at least a version.
func (v *view) protests() bool {
	return v.alerts || v.count(func(r reply) bool { return r.kind == refused && r.alert != nil && r.offer.Version != tlswire.SSLv2 }) > 0
}

// convincing is how often a server has to do without a word what a broken line does, too, until it counts as an answer.
func (v *view) convincing() int {
	if v.loses {
		return 3
	}
	return 2
}

// losesOthers reports whether the line loses connections: some got no answer, or broke off in the middle of one, or a
// server that refuses by alerts hung up on an offer just once.
func (v *view) losesOthers() bool {
	return slices.ContainsFunc(v.replies, func(r reply) bool {
		switch {
		case r.guess || r.later:
			return false
		case r.kind == lost:
			return !r.offer.Has(evidence.Finished) && r.reaction == nil // of an attack, the hang-up may be the reaction
		case r.kind == accepted:
			return r.cut && r.alert == nil && !r.offer.Has(evidence.Finished)
		}
		return v.alerts && r.kind == closed && r.alert == nil && r.offer.Version != tlswire.SSLv2 && v.hungUps(&r) == 1
	})
}

// same reports whether two replies are to the same version and lists, whatever the variants of their offers.
func (r *reply) same(other *reply) bool {
	a, b := &r.offer, &other.offer
	return a.Version == b.Version && slices.Equal(a.Groups, b.Groups) && slices.Equal(a.Schemes, b.Schemes) &&
		slices.Equal(r.suites, other.suites)
}

// losesConnections reports whether an offer was answered, or got lost in another way, in one connection while the server
// hung up in another.
func (v *view) losesConnections() bool {
	for i := range v.replies {
		r := &v.replies[i]
		if r.kind == closed && r.alert == nil && r.offer.Version != tlswire.SSLv2 && slices.ContainsFunc(v.replies, func(o reply) bool {
			return !o.guess && !o.later && o.reaction == nil && o.kind != closed && o.repeats(r)
		}) {
			return true
		}
	}
	return false
}

// repeats reports whether two replies are to offers that are the same but for what no server minds.
func (r *reply) repeats(other *reply) bool {
	return r.same(other) && (plain(r.offer) && plain(other.offer) || slices.Equal(r.offer.Variants, other.offer.Variants))
}

// refusesByAlert reports whether r turns down what was offered in the way that the protocol asks for.
func refusesByAlert(r *reply) bool {
	return r.kind == refused && plain(r.offer) && r.offer.Version != tlswire.SSLv2 && r.alert != nil &&
		r.alert.Description != tlswire.AlertProtocolVersion && r.alert.Description != tlswire.AlertInappropriateFallback
}

// spell is a time in which a server turned down what it is known to accept.
type spell struct{ from, to time.Duration }

// unwell reports whether r fell into such a time.
func (v *view) unwell(r *reply) bool {
	return slices.ContainsFunc(v.spells, func(s spell) bool { return r.end > s.from && r.start < s.to })
}

// controlQuestion files the observations that repeat something known to be accepted.
const controlQuestion = "control"

// addSpell enters a control that failed: the server was unwell from its last acceptance before on.
func (v *view) addSpell(r *reply, accepts []time.Duration) {
	from := time.Duration(0)
	for _, a := range accepts {
		if a < r.start {
			from = max(from, a)
		}
	}
	v.spells = append(v.spells, spell{from, r.end})
}
