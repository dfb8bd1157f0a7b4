package probe

import (
	"context"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// What ALPACA needs of a server: that it goes on with a client that wanted another protocol (RFC 7301, Section 3.2 has it
// refuse), or another name (RFC 6066, Section 3). Both are asked in one hello, and each alone only if that is refused. Some
// programs in front of mail servers turn to HTTP when they are offered it, so the protocol is one that nobody has registered.
const (
	foreignBoth     = "both"
	foreignName     = "name"
	foreignProtocol = "protocol"

	unknownName     = "mailtls.invalid" // RFC 6761, Section 6.4
	unknownProtocol = "mailtls-foreign"
)

// asksForeign reports whether o offers a foreign name or protocol, as what says.
func asksForeign(o evidence.Offer, what string) bool {
	return o.Attack == evidence.ForeignProtocol && (o.Vector == what || o.Vector == foreignBoth)
}

// tryForeign makes the offer. That it is refused is no news of anything else in it.
func (c *connection) tryForeign(ctx context.Context) evidence.End {
	end := evidence.End{}
	if c.offer.Has(evidence.ServerFlight) {
		end = c.peer13(ctx)
	} else {
		end = c.hello()
	}
	c.obs.Reaction = &evidence.Reaction{End: end.Kind}
	if end.Alert != nil {
		c.obs.Reaction.Records = []evidence.Reacted{{Type: tlswire.ContentAlert, Length: 2, Alert: end.Alert}}
	}
	switch end.Kind {
	case evidence.EndAlert, evidence.EndClosed, evidence.EndReset:
		c.obs.Messages = nil
		return evidence.End{Kind: evidence.EndDone, Detail: "with a foreign name or protocol: " + inWords(end)}
	}
	return end
}

// takesForeign reads the replies to a foreign name or protocol, as vector says. A hang-up or a reset is a No if it comes so
// often that the line can hardly have been it.
func (v *view) takesForeign(vector string) (answer evidence.Answer, from []string) {
	var cut []string
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != evidence.ForeignProtocol || r.offer.Vector != vector || r.reaction == nil {
			continue
		}
		switch {
		case r.kind == accepted && r.reaction.End == evidence.EndDone:
			return evidence.Yes, []string{r.id}
		case r.reaction.End == evidence.EndAlert:
			answer, from = evidence.No, []string{r.id}
		case r.reaction.End == evidence.EndClosed, r.reaction.End == evidence.EndReset:
			cut = append(cut, r.id)
		}
	}
	if answer == evidence.Unsure && len(cut) >= v.wordless(chanceOfNo) {
		return evidence.No, cut
	}
	return answer, from
}

func nextForeign(p *plan) (ask, bool) {
	if !p.mayTry(evidence.ForeignProtocol, evidence.KeyForeignProtocol, 20) {
		return ask{}, false
	}
	a, ok := p.alone(evidence.WithALPN)
	if !ok {
		return ask{}, false
	}
	a.offer.Variants = slices.DeleteFunc(a.offer.Variants, func(v evidence.Variant) bool { return v == evidence.WithALPN })
	a.question, a.offer.Attack = string(evidence.ForeignProtocol), evidence.ForeignProtocol
	for _, vector := range []string{foreignBoth, foreignProtocol, foreignName} {
		answer, _ := p.takesForeign(vector)
		switch {
		case answer == evidence.Unsure:
			a.offer.Vector = vector
			return a, true
		case vector == foreignBoth && answer == evidence.Yes:
			return ask{}, false
		}
	}
	return ask{}, false
}

func deriveForeign(d *deriver) {
	f := &d.facts.ForeignProtocol
	both, from := d.takesForeign(foreignBoth)
	if both == evidence.Yes {
		*f = known(evidence.Weakness{Found: true, Kinds: []string{foreignProtocol, foreignName}, Shown: []string{
			"goes on with a client that wants the protocol " + unknownProtocol, "goes on with a client that wants " + unknownName}}, from...)
		return
	}
	protocol, fromProtocol := d.takesForeign(foreignProtocol)
	name, fromName := d.takesForeign(foreignName)
	var w evidence.Weakness
	if protocol == evidence.Yes {
		w.Kinds, w.Shown = append(w.Kinds, foreignProtocol), append(w.Shown, "goes on with a client that wants the protocol "+unknownProtocol)
	}
	if name == evidence.Yes {
		w.Kinds, w.Shown = append(w.Kinds, foreignName), append(w.Shown, "goes on with a client that wants "+unknownName)
	}
	w.Found = len(w.Kinds) > 0
	switch {
	case protocol != evidence.Unsure && name != evidence.Unsure:
		*f = known(w, slices.Concat(fromProtocol, fromName)...)
	case d.none(hasExtensions) && len(d.spoken()) > 0:
		*f = inapplicable[evidence.Weakness]("SSL has no extensions")
	case w.Found:
		*f = d.untried(evidence.ForeignProtocol)
		f.State, f.Value = evidence.Partial, w
	default:
		*f = d.untried(evidence.ForeignProtocol)
	}
}
