package probe

import (
	"context"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// An active check makes a connection like any other, with suites that are known to be accepted, and goes on behind the
// server's flight in a way that shows whether an attack works. What comes back is the Reaction of the observation; what
// follows from it is for the derive functions to say. Each attack has a file of its own: what is asked next, what is done,
// and what is concluded.

// try does what the offer wants to try out.
func (c *connection) try(ctx context.Context) evidence.End {
	switch c.offer.Attack {
	case evidence.Heartbleed:
		return c.tryHeartbleed(ctx)
	case evidence.ForeignProtocol:
		return c.tryForeign(ctx)
	case evidence.STARTTLSInjection:
		return c.tryInjection(ctx, "with a line behind STARTTLS")
	case evidence.StateKept:
		return c.tryInjection(ctx, "in a transaction, or without a greeting")
	case evidence.CCSInjection:
		return c.tryCCS(ctx)
	case evidence.ROBOT:
		return c.tryROBOT(ctx)
	case evidence.WeakTickets, evidence.RepeatedNonces:
		return c.tryTickets(ctx)
	case evidence.Ticketbleed:
		return c.tryTicketbleed(ctx)
	case evidence.PSKWithoutDHE:
		return c.tryPSK(ctx)
	case evidence.PaddingOracle:
		return c.tryPadding(ctx)
	case evidence.InsecureRenegotiation, evidence.ClientRenegotiation:
		return c.tryRenegotiation(ctx)
	case evidence.SpecialDROWN:
		return c.tryDROWN(ctx)
	}
	return evidence.End{Kind: evidence.EndMalformed, Detail: "nobody knows how to try " + string(c.offer.Attack)}
}

// keptOfAttack is how much is kept of what set a reaction off.
const keptOfAttack = 64

// mayTry reports whether it is time for attack a, which fills the fact of k: what the server accepts is read, somebody asks,
// and it was not tried that often.
func (p *plan) mayTry(a evidence.Attack, k *evidence.Key, tries int) bool {
	return p.goal.asks(k) && p.mayAttack() && !p.asking(string(a)) && !p.exhausted(string(a), tries)
}

// maxFruitless is how many connections in a row an attack takes that is tried in several at once, if none of them gets as far as a
// reaction: more than go at once (see Config), so that one outage does not end it.
const maxFruitless = 6

// fruitless reports whether no more are to be made for a: the latest came to nothing, and those under way are still to show whether
// the next will, or there were too many.
func (p *plan) fruitless(a evidence.Attack) bool {
	n := 0
	for _, r := range slices.Backward(p.replies) {
		if r.offer.Attack != a || r.guess || r.later {
			continue
		}
		if r.reaction != nil {
			break
		}
		n++
	}
	return n >= maxFruitless || n > 0 && p.flying(func(f flight) bool { return f.offer.Attack == a }) > 0
}

// mayAttack reports whether it is time for attacks: all suites are read that somebody asks about, so that it is known which an
// attack can use. Nothing rides on them, so that they need not wait for what else is asked.
func (p *plan) mayAttack() bool {
	return !p.goal.passive && p.settled(func(v tlswire.Version) bool { return v > tlswire.SSLv3 || !p.goal.details }) && (p.goal.details || p.ready())
}

// mayEnter reports whether it is time for attacks inside sessions, where the server has to speak: to one that was silent there
// each would last as long as a step may.
func (p *plan) mayEnter() bool {
	return p.mayAttack() && !p.mute && !p.finishingNow()
}

// finishingNow reports whether the connection is under way that shows how the server speaks inside.
func (p *plan) finishingNow() bool {
	return p.flying(func(f flight) bool { return f.offer.Has(evidence.Finished) }) > 0
}

// silentInside reports whether the server finished handshakes, and never said anything inside in time.
func (v *view) silentInside(dialogues map[string]*evidence.Dialogue) bool {
	late := false
	for i := range v.replies {
		d := dialogues[v.replies[i].inner]
		switch {
		case d == nil:
		case d.Outcome == string(starttls.Ready):
			return false
		case d.Outcome == string(starttls.Timeout):
			late = true
		}
	}
	return late
}

// trying returns the connection that tries a in form vector, with suites of version v that are accepted.
func trying(a evidence.Attack, vector string, v tlswire.Version, suites []tlswire.Suite) ask {
	return ask{question: string(a), offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: suites}, Attack: a, Vector: vector}}
}

// outcome sorts the reactions to a in form vector by what says makes of them, and returns the observations. A reset alone is
// a No if it comes so often that the line can hardly have been it.
func (v *view) outcome(a evidence.Attack, vector string, says func(*evidence.Reaction) evidence.Answer) (yes, no []string) {
	var resets []string
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != a || r.offer.Vector != vector || r.reaction == nil {
			continue
		}
		switch says(r.reaction) {
		case evidence.Yes:
			yes = append(yes, r.id)
		case evidence.No:
			no = append(no, r.id)
		default:
			if r.reaction.End == evidence.EndReset {
				resets = append(resets, r.id)
			}
		}
	}
	if len(yes)+len(no) == 0 && len(resets) >= v.wordless(chanceOfNo) {
		no = resets
	}
	return yes, no
}

// orderly reports whether the server itself ended TLS, so that nothing it said was lost: behind STARTTLS, some go on in the clear.
func orderly(r *evidence.Reaction) bool {
	return r.End == evidence.EndAlert || r.End == evidence.EndClosed || r.End == evidence.EndNotTLS
}

// untried is the fact of an attack about which nothing was learned: nobody asked, or the tries came to nothing.
func (d *deriver) untried(a evidence.Attack) evidence.Fact[evidence.Weakness] {
	f := evidence.Fact[evidence.Weakness]{State: evidence.Unknown, Why: d.why, From: d.whyFrom}
	if d.ep.Ended == "" && !slices.ContainsFunc(d.replies, func(r reply) bool { return r.offer.Attack != "" }) {
		f.Why, f.From = notAsked, nil // as in scans by a program that did not know of it
	}
	if d.silentInside(d.ep.Blobs.Dialogues) {
		f.Why, f.From = "the server is silent inside TLS", nil
	}
	for i := range d.replies {
		r := &d.replies[i]
		if r.offer.Attack != a {
			continue
		}
		f.From, f.Why = []string{r.id}, "the server broke off before it could be tried"
		if r.reaction != nil {
			f.Why = "the reaction told nothing: " + endWords(r.reaction.End)
		}
	}
	return f
}
