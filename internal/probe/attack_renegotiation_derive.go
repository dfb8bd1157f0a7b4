package probe

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// renegotiates reads a reaction: a handshake that is whole cannot come about by chance. A server that had begun one went along,
// however the connection ended then.
func renegotiates(r *evidence.Reaction) evidence.Answer {
	switch {
	case r.Times > 0 && len(r.Text) > 0:
		return evidence.Yes
	case r.Times == 0 && settled(r) && !wentAlong(r):
		return evidence.No
	}
	return evidence.Unsure
}

// wentAlong reports whether the server began a handshake when it was asked to, at least.
func wentAlong(r *evidence.Reaction) bool {
	return r.Times > 0 || slices.ContainsFunc(r.Records, func(rec evidence.Reacted) bool { return rec.Type == tlswire.ContentHandshake })
}

// renegotiable is the newest version in which there is renegotiation and a handshake can be finished, and the suites for it.
func (v *view) renegotiable() (tlswire.Version, []tlswire.Suite) {
	for _, p := range v.spoken() {
		if list := v.finishableSuites(p); len(list) > 0 {
			return p, list
		}
	}
	return 0, nil
}

// unbound reports whether the server was seen not to know RFC 5746 in version p: then what a client without it may do is what
// any may.
func (v *view) unbound(p tlswire.Version) evidence.Answer {
	answer := evidence.Unsure
	for i := range v.replies {
		r := &v.replies[i]
		if r.kind != accepted || r.guess || r.version != p || r.v2 != nil || !r.offered(tlswire.ExtensionRenegotiationInfo) {
			continue
		}
		if bound(&r.hello) {
			return evidence.No
		}
		answer = evidence.Yes
	}
	return answer
}

func nextInsecureRenegotiation(p *plan) (ask, bool) {
	return p.renegotiating(evidence.InsecureRenegotiation, p.goal.asks(evidence.KeyInsecureRenegotiation) || p.goal.asks(evidence.KeyClientRenegotiation))
}

func nextClientRenegotiation(p *plan) (ask, bool) {
	if v, _ := p.renegotiable(); v == 0 || p.unbound(v) == evidence.Yes { // the other attack tells
		return ask{}, false
	}
	return p.renegotiating(evidence.ClientRenegotiation, p.goal.asks(evidence.KeyClientRenegotiation))
}

// renegotiating asks until there is an answer.
func (p *plan) renegotiating(a evidence.Attack, wanted bool) (ask, bool) {
	v, suites := p.renegotiable()
	if v == 0 || !wanted || !p.mayEnter() || p.asking(string(a)) || p.exhausted(string(a), 8) {
		return ask{}, false
	}
	yes, no := p.renegotiated(a)
	return trying(a, "", v, suites), len(yes)+len(no) == 0
}

// renegotiated sorts the connections of attack a. A server that is silent or resets when it is asked refuses if it does so that
// often that the line can hardly have been it.
func (v *view) renegotiated(a evidence.Attack) (yes, no []string) {
	var silent, resets []string
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != a || r.reaction == nil {
			continue
		}
		switch says := renegotiates(r.reaction); {
		case says == evidence.Yes:
			yes = append(yes, r.id)
		case says == evidence.No:
			no = append(no, r.id)
		case wentAlong(r.reaction):
		case r.reaction.End == evidence.EndReset:
			resets = append(resets, r.id)
		case r.reaction.End == evidence.EndTimeout:
			silent = append(silent, r.id)
		}
	}
	for _, list := range [][]string{resets, silent} {
		if len(yes)+len(no) == 0 && len(list) >= v.wordless(chanceOfNo) {
			no = list
		}
	}
	return yes, no
}

func deriveInsecureRenegotiation(d *deriver) {
	d.facts.InsecureRenegotiation = d.renegotiation(evidence.InsecureRenegotiation, "without RFC 5746")
}

func deriveClientRenegotiation(d *deriver) {
	a, how := evidence.ClientRenegotiation, "with RFC 5746"
	if v, _ := d.renegotiable(); v != 0 && d.unbound(v) == evidence.Yes {
		a, how = evidence.InsecureRenegotiation, "without RFC 5746"
	}
	d.facts.ClientRenegotiation = d.renegotiation(a, how)
}

func (d *deriver) renegotiation(a evidence.Attack, how string) evidence.Fact[evidence.Weakness] {
	v, _ := d.renegotiable()
	if v == 0 {
		return d.withoutRenegotiation()
	}
	yes, no := d.renegotiated(a)
	switch {
	case len(yes) > 0:
		w := evidence.Weakness{Found: true}
		for i := range d.replies {
			if r := &d.replies[i]; slices.Contains(yes, r.id) && r.reaction.Times > w.Count {
				w.Count = r.reaction.Times
				w.Shown = []string{fmt.Sprintf("in %v, %s: %s", v, how, timesWords(r.reaction))}
			}
		}
		return known(w, yes...)
	case len(no) > 0:
		return known(evidence.Weakness{}, no...)
	}
	return d.untried(a)
}

// timesWords says how often a server renegotiated, and what it did then.
func timesWords(r *evidence.Reaction) string {
	said := (*tlswire.Alert)(nil)
	if n := len(r.Records); n > 0 && (r.End == evidence.EndAlert || r.End == evidence.EndDone) {
		said = r.Records[n-1].Alert
	}
	switch {
	case r.Times >= maxRenegotiations:
		return fmt.Sprintf("%d times on one connection, and was not asked again", r.Times)
	case said != nil:
		return fmt.Sprintf("%s, then %v", times(r.Times), said.Description)
	case r.End == evidence.EndDone:
		return times(r.Times) + ", then no more"
	}
	return fmt.Sprintf("%s, then %s", times(r.Times), endWords(r.End))
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// withoutRenegotiation is the answer where no version was seen in which it can be tried.
func (d *deriver) withoutRenegotiation() evidence.Fact[evidence.Weakness] {
	switch {
	case len(d.spoken()) == 0, d.anyOpen(old), slices.ContainsFunc(d.spokenOld(), d.mayFinish):
		return unknown[evidence.Weakness](d)
	case len(d.spokenOld()) > 0:
		return evidence.Fact[evidence.Weakness]{State: evidence.Unknown,
			Why: "no suite is accepted with which this program can finish a handshake"}
	}
	return inapplicable[evidence.Weakness]("no version is spoken that has renegotiation")
}
