package probe

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// Renegotiation, up to TLS 1.2: a hello inside a session begins another handshake. Without RFC 5746 nothing binds the two
// together, so that an attacker may begin a session, say something in it, and let somebody else's go on there
// (CVE-2009-3555). With it, clients that ask over and over still make the server work more than themselves (CVE-2011-1473).
// Both are tried in the same way; which it is depends on what the hellos say of RFC 5746.

// maxRenegotiations is how often a client asks on one connection.
const maxRenegotiations = 10

// tryRenegotiation asks for one handshake after the other in a session that works, until the server refuses. The session has to
// go on behind the first and the last: a harmless command is answered there. More of them would annoy some servers.
func (c *connection) tryRenegotiation(ctx context.Context) evidence.End {
	s, end := c.enter(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	r := &evidence.Reaction{}
	c.obs.Reaction = r
	for r.End == "" && r.Times < maxRenegotiations {
		seen, err := c.renegotiate(ctx, s, r)
		if err != nil {
			r.End = c.refusal(ctx, s, r, seen, err)
		} else if r.Times++; r.Times == 1 || r.Times == maxRenegotiations {
			r.End = c.goesOn(ctx, s, r)
		}
	}
	if r.End = cmp.Or(r.End, evidence.EndDone); r.End == evidence.EndDone && ctx.Err() == nil {
		c.bye(ctx, s)
	}
	_ = s.Close()
	return end
}

// renegotiate asks once.
func (c *connection) renegotiate(ctx context.Context, s *legacy.Session, r *evidence.Reaction) (*legacy.Seen, error) {
	hello := c.helloAgain(s)
	c.restart(ctx)
	seen, err := s.Renegotiate(context.WithoutCancel(ctx), hello) // cancelling ends the deadline of the connection
	if err == nil && len(seen.Sent) > 0 {                         // what was refused is not worth its bytes
		r.Sent = seen.Sent[0][:min(len(seen.Sent[0]), keptOfAttack)]
	}
	return seen, err
}

// goesOn tells how the session ended behind a renegotiation, or "" if a command is answered.
func (c *connection) goesOn(ctx context.Context, s *legacy.Session, r *evidence.Reaction) evidence.EndKind {
	text, err := c.exchange(ctx, s)
	if err != nil {
		return legacyEnd(s, err).Kind
	}
	r.Text = append(r.Text, text[:min(len(text), keptOfAnswer)])
	return ""
}

// refusal tells how a renegotiation ended that did not come about. Behind a warning, and where nothing was said, the session may
// go on as if nothing had been asked: then it is done.
func (c *connection) refusal(ctx context.Context, s *legacy.Session, r *evidence.Reaction, seen *legacy.Seen, err error) evidence.EndKind {
	kind, fatal := legacyEnd(s, err).Kind, false
	if seen.Alert != nil {
		r.Records = append(r.Records, evidence.Reacted{Type: tlswire.ContentAlert, Length: 2, Alert: seen.Alert})
		kind, fatal = evidence.EndAlert, seen.Alert.Level == tlswire.AlertLevelFatal
	}
	if fatal || len(seen.Messages) > 0 || kind != evidence.EndAlert && kind != evidence.EndTimeout {
		return kind
	}
	if _, err := c.exchange(ctx, s); err == nil {
		return evidence.EndDone
	}
	return kind
}

// helloAgain is the hello of a renegotiation: bound to the session by RFC 5746 if the server knows that, and we said so.
func (c *connection) helloAgain(s *legacy.Session) tlswire.ClientHello {
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	h.CompressionMethods = []tlswire.CompressionMethod{tlswire.CompressionNull}
	h.Suites = slices.DeleteFunc(slices.Clone(h.Suites), tlswire.Suite.IsSCSV) // RFC 5746, Section 3.5
	h.Extensions = slices.DeleteFunc(h.Extensions, func(x tlswire.Extension) bool { return x.Type == tlswire.ExtensionRenegotiationInfo })
	if bound(s.Seen.ServerHello) {
		h.Extensions = append(h.Extensions, tlswire.RenegotiationInfo(s.ClientVerifyData))
	}
	return h
}

// bound reports whether a server agrees to RFC 5746.
func bound(h *tlswire.ServerHello) bool {
	if h == nil {
		return false
	}
	_, ok := tlswire.Find(h.Extensions, tlswire.ExtensionRenegotiationInfo)
	return ok
}

// renegotiates reads a reaction: a handshake that is whole cannot come about by chance.
func renegotiates(r *evidence.Reaction) evidence.Answer {
	switch {
	case r.Times > 0 && len(r.Text) > 0:
		return evidence.Yes
	case r.Times == 0 && settled(r):
		return evidence.No
	}
	return evidence.Unsure
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
		if r.kind != accepted || r.guess || r.version != p || r.v2 != nil || r.offer.Attack == evidence.InsecureRenegotiation || r.offer.Has(evidence.Minimal) {
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

// renegotiated sorts the connections of attack a. A server that falls silent refuses if it does so that often that the line
// can hardly have been it.
func (v *view) renegotiated(a evidence.Attack) (yes, no []string) {
	yes, no = v.outcome(a, "", renegotiates)
	var silent []string
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack == a && r.reaction != nil && r.reaction.Times == 0 && r.reaction.End == evidence.EndTimeout {
			silent = append(silent, r.id)
		}
	}
	if len(yes)+len(no) == 0 && len(silent) >= v.wordless(chanceOfNo) {
		no = silent
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
	switch {
	case r.Times >= maxRenegotiations:
		return fmt.Sprintf("%d times on one connection, and was not asked again", r.Times)
	case len(r.Records) > 0:
		return fmt.Sprintf("%s, then %v", times(r.Times), r.Records[len(r.Records)-1].Alert.Description)
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
