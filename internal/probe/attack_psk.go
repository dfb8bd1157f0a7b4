package probe

import (
	"context"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// In TLS 1.3 a ticket may stand in for the key exchange (psk_ke; RFC 8446, Section 4.2.9): then whoever gets hold of the key of
// the tickets later can read the session. A ticket of a handshake that was finished anyway is offered so, beside a key share:
// a server that does not like it makes a full handshake.

// tryPSK offers a ticket that was kept, to be used without a key exchange.
func (c *connection) tryPSK(ctx context.Context) evidence.End {
	ticket := c.resumable.ticket(c.offer.Version, c.offer.Suites.Only)
	if ticket == nil {
		return evidence.End{Kind: evidence.EndMalformed, Detail: "there is no session to resume"}
	}
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	for i := range h.Extensions {
		if h.Extensions[i].Type == tlswire.ExtensionPSKKeyExchangeModes {
			h.Extensions[i] = tlswire.PSKKeyExchangeModes([]tlswire.PSKMode{tlswire.PSKOnly})
		}
	}
	s, err := tlspeer.Client(ctx, c.conn, &tlspeer.ClientConfig{Hello: h, Shares: append([]tlswire.Group{}, c.offer.KeyShares...),
		Resume: ticket, Limits: tlspeer.Limits{Message: maxReplyMessage}})
	end := end13(s, err)
	c.obs.Reaction = &evidence.Reaction{Sent: []byte{byte(tlswire.PSKOnly)}, End: end.Kind}
	c.keepPeer(s, end.Kind != evidence.EndMalformed)
	if err == nil && s.Finish(ctx) == nil {
		if s.Seen.Resumed { // it will be asked again, and may take each ticket once: others come before what is said inside
			c.bye(ctx, s)
			c.resumable.keepNew(s.Tickets())
		}
		_ = s.Close()
	}
	return end
}

// withoutShare reports whether the ServerHello takes the ticket in place of a key exchange. It counts only behind a Finished
// that proves that the server could open it.
func (r *reply) withoutShare() evidence.Answer {
	_, psk := tlswire.Find(r.hello.Extensions, tlswire.ExtensionPreSharedKey)
	_, share := tlswire.Find(r.hello.Extensions, tlswire.ExtensionKeyShare)
	finished := slices.ContainsFunc(r.messages, func(m evidence.Message) bool { return m.Type == tlswire.TypeFinished })
	switch {
	case r.reaction == nil || r.hello.IsHelloRetryRequest():
		return evidence.Unsure
	case r.kind == accepted && psk && !share && finished && r.reaction.End == evidence.EndDone:
		return evidence.Yes
	case r.kind == accepted && share, r.kind == refused:
		return evidence.No
	}
	return evidence.Unsure
}

// triedPSK sorts the connections that offered a ticket.
func (v *view) triedPSK() (yes, no []string) {
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != evidence.PSKWithoutDHE || r.guess {
			continue
		}
		switch r.withoutShare() {
		case evidence.Yes:
			yes = append(yes, r.id)
		case evidence.No:
			no = append(no, r.id)
		}
	}
	return yes, no
}

// newTicket returns the latest finished reply of TLS 1.3 with which a ticket came, and the latest with none; nil if there is none.
func (v *view) newTicket() (with, without *reply) {
	for i := range v.replies {
		switch r := &v.replies[i]; {
		case !r.finished || r.guess || !is13(r.version):
		case len(r.tickets()) > 0:
			with = r
		default:
			without = r
		}
	}
	return with, without
}

func nextPSK(p *plan) (ask, bool) {
	r, _ := p.newTicket()
	if r == nil || !p.mayTry(evidence.PSKWithoutDHE, evidence.KeyPSKWithoutDHE, 4) {
		return ask{}, false
	}
	if yes, no := p.triedPSK(); len(yes) > 1 || len(yes) == 0 && len(no) > 0 {
		return ask{}, false
	}
	a := trying(evidence.PSKWithoutDHE, "", tlswire.TLS13, []tlswire.Suite{r.suite})
	if r.group != 0 {
		a.offer.KeyShares = []tlswire.Group{r.group}
	}
	return a, true
}

func derivePSK(d *deriver) {
	f := &d.facts.PSKWithoutDHE
	yes, no := d.triedPSK()
	with, without := d.newTicket()
	switch {
	case d.none(is13) && len(d.spoken()) > 0:
		*f = inapplicable[evidence.Weakness]("TLS 1.3 is not spoken")
	case len(yes) > 1:
		*f = known(evidence.Weakness{Found: true, Shown: []string{"resumes a session of TLS 1.3 by the ticket alone (psk_ke)"}}, yes...)
	case len(yes) == 0 && len(no) > 0:
		*f = known(evidence.Weakness{}, no...)
	case with == nil && without != nil: // there is nothing to resume by
		*f = known(evidence.Weakness{}, without.id)
	default:
		*f = d.untried(evidence.PSKWithoutDHE)
	}
}
