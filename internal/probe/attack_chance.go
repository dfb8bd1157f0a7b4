package probe

import (
	"math"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// What a server does without a word, resets and silence, a broken line does, too. How many connections of the scan got lost tells
// how likely that is. An attack is tried in connections that had worked up to there, so that it takes a loss in that very place,
// time and again, to look like an answer.

// The chance that the line, not the server, was silent or reset connections each time.
const (
	chanceOfNo  = 1e-4 // to believe that the server refuses
	chanceOfYes = 1e-6 // to believe that it tells something by that
)

// wordless is how often a server has to do the same without a word until it counts as an answer to an attack, if the line is to
// have done it with no more than that chance. That nothing got lost in a few connections does not yet mean that nothing does: what
// is thought of a line of which nothing is known is that of Jeffreys.
func (v *view) wordless(chance float64) int {
	lost, all := v.losses()
	return max(2, int(math.Ceil(math.Log(chance)/math.Log((float64(lost)+0.5)/(float64(all)+1)))))
}

// losses counts the connections that were made, and those that got lost: without an answer, in the middle of one, or without what
// the server said to the same attempt elsewhere.
func (v *view) losses() (lost, all int) {
	for i := range v.replies {
		r := &v.replies[i]
		if r.guess || r.later {
			continue
		}
		if all++; v.wasLost(r) {
			lost++
		}
	}
	return lost, all
}

func (v *view) wasLost(r *reply) bool {
	switch {
	case r.reaction != nil:
		return wordlessEnd(r.reaction) && v.count(func(o reply) bool {
			return o.reaction != nil && o.offer.Attack == r.offer.Attack && o.offer.Vector == r.offer.Vector && settled(o.reaction)
		}) > 0
	case r.kind == lost:
		return true
	case r.kind == accepted:
		return r.cut && r.alert == nil && !r.offer.Has(evidence.Finished)
	}
	return r.kind == closed && r.alert == nil && r.offer.Version != tlswire.SSLv2 && (v.alerts || r.reset)
}

// wordlessEnd reports whether a reaction ended as a broken line would end it.
func wordlessEnd(r *evidence.Reaction) bool {
	return r.End == evidence.EndReset || r.End == evidence.EndTimeout
}
