package probe

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// Ticketbleed (CVE-2016-9244): who resumes by a ticket may send a session ID of any length, which a server that agrees sends
// back (RFC 5077, Section 3.4). Some sent back 32 bytes in any case, the rest of them from memory.

// shortSessionID is the length of ours, in bytes.
const shortSessionID = 16

// tryTicketbleed resumes the session that was kept. Of the session ID that comes back all beyond ours is overwritten before
// anything else is done with it.
func (c *connection) tryTicketbleed(ctx context.Context) evidence.End {
	state := c.resumable.session(c.offer.Version, c.offer.Suites.Only)
	if state == nil {
		return evidence.End{Kind: evidence.EndMalformed, Detail: "there is no session to resume"}
	}
	id := make([]byte, shortSessionID)
	_, _ = rand.Read(id) // crypto/rand.Read never fails
	s, err := legacy.Client(ctx, c.conn, &legacy.ClientConfig{Hello: c.resuming(state, id), Resume: state, Limits: tlspeer.Limits{Message: maxReplyMessage}})
	c.replied(s)
	echoed := forgetBeyond(s, len(id))
	if kerr := c.keepLegacy(s.Seen.Messages); err == nil && kerr != nil {
		return endOf(kerr)
	}
	end := legacyEnd(s, err)
	c.obs.Reaction = &evidence.Reaction{Sent: id, End: end.Kind}
	if s.Seen.ServerHello != nil {
		c.obs.Reaction.Records = []evidence.Reacted{{Type: tlswire.ContentHandshake, Length: echoed, Echo: common(s.Seen.ServerHello.SessionID, id)}}
	}
	switch {
	case end.Kind != evidence.EndDone:
	case s.Seen.Resumed && s.Finish(ctx) == nil:
		c.resumable.keepOld(s.State()) // there may have come another ticket, and this one be good for once
		_ = s.Close()
	default:
		c.leave()
	}
	return end
}

// resuming is the hello that offers a session by its ticket.
func (c *connection) resuming(state *legacy.State, id []byte) tlswire.ClientHello {
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	h.CompressionMethods = []tlswire.CompressionMethod{tlswire.CompressionNull}
	h.SessionID = id
	for i := range h.Extensions {
		if h.Extensions[i].Type == tlswire.ExtensionSessionTicket {
			h.Extensions[i] = tlswire.SessionTicket(state.Ticket)
		}
	}
	if !state.ExtendedMasterSecret { // RFC 7627, Section 5.3
		h.Extensions = slices.DeleteFunc(h.Extensions, func(x tlswire.Extension) bool { return x.Type == tlswire.ExtensionExtendedMasterSecret })
	}
	return h
}

// forgetBeyond overwrites all but the first n bytes of the session ID of the ServerHello, and returns how long it is.
func forgetBeyond(s *legacy.Session, n int) int {
	const at = 2 + 32 + 1 // behind version, random and length (RFC 5246, Section 7.4.1.3)
	if s.Seen.ServerHello == nil {
		return 0
	}
	id := s.Seen.ServerHello.SessionID
	clear(id[min(len(id), n):])
	for _, m := range s.Seen.Messages {
		if m.Type == tlswire.TypeServerHello && len(m.Body) >= at+len(id) {
			clear(m.Body[at+min(len(id), n) : at+len(id)])
		}
	}
	return len(id)
}

// echoesMore reads a reaction: Yes is ours and more, No is ours alone.
func echoesMore(r *evidence.Reaction) evidence.Answer {
	switch {
	case len(r.Records) == 0 || r.Records[0].Echo < shortSessionID:
		return evidence.Unsure
	case r.Records[0].Length > shortSessionID:
		return evidence.Yes
	}
	return evidence.No
}

// declines returns the connections in which the server would not resume by its own ticket: it began another session, or said by
// an alert that it does not like that. Who hangs up may have had enough of us.
func (v *view) declines() (from []string) {
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack == evidence.Ticketbleed && r.reaction != nil && echoesMore(r.reaction) == evidence.Unsure &&
			(len(r.reaction.Records) > 0 || r.reaction.End == evidence.EndAlert) {
			from = append(from, r.id)
		}
	}
	return from
}

// oldTicket returns the latest reply up to TLS 1.2 with which a ticket came, nil if there is none.
func (v *view) oldTicket() *reply {
	for i := range slices.Backward(v.replies) {
		r := &v.replies[i]
		if r.finished && !r.guess && old(r.version) && slices.ContainsFunc(r.tickets(), func(t evidence.Ticket) bool { return t.Length > 0 }) {
			return r
		}
	}
	return nil
}

func nextTicketbleed(p *plan) (ask, bool) {
	r := p.oldTicket()
	if r == nil || !p.mayTry(evidence.Ticketbleed, evidence.KeyTicketbleed, 6) {
		return ask{}, false
	}
	yes, no := p.outcome(evidence.Ticketbleed, "", echoesMore)
	if len(yes) > 1 || len(yes) == 0 && (len(no) > 0 || len(p.declines()) > 1) {
		return ask{}, false
	}
	return trying(evidence.Ticketbleed, "", r.version, []tlswire.Suite{r.suite}), true
}

func deriveTicketbleed(d *deriver) {
	f := &d.facts.Ticketbleed
	if none, ok := d.noOldTickets(); ok {
		*f = none
		return
	}
	yes, no := d.outcome(evidence.Ticketbleed, "", echoesMore)
	declined := d.declines()
	switch {
	case len(yes) > 1: // once may be chance
		*f = known(evidence.Weakness{Found: true, Shown: []string{fmt.Sprintf(
			"answers a session ID of %d bytes with %d", shortSessionID, d.echoed(yes[0]))}}, yes...)
	case len(yes) == 0 && len(no) > 0:
		*f = known(evidence.Weakness{}, no...)
	case len(yes) == 0 && len(declined) > 1:
		*f = known(evidence.Weakness{Shown: []string{"resumes no session by its own ticket"}}, declined...)
	default:
		*f = d.untried(evidence.Ticketbleed)
	}
}

// echoed is the length of the session ID that came in a connection.
func (d *deriver) echoed(id string) int {
	i := slices.IndexFunc(d.replies, func(r reply) bool { return r.id == id })
	return d.replies[i].reaction.Records[0].Length
}

// noOldTickets is the answer where no ticket comes with TLS 1.2 or older.
func (d *deriver) noOldTickets() (evidence.Fact[evidence.Weakness], bool) {
	if d.none(old) && len(d.spoken()) > 0 {
		return inapplicable[evidence.Weakness]("nothing older than TLS 1.3 is spoken"), true
	}
	if from, ok := d.withoutTickets(); ok && len(from) > 0 {
		return known(evidence.Weakness{}, from...), true
	}
	var from []string
	for i := range d.replies {
		if r := &d.replies[i]; r.finished && old(r.version) {
			from = append(from, r.id)
		}
	}
	if len(from) > 0 && d.oldTicket() == nil { // promised, and not given
		return known(evidence.Weakness{}, from...), true
	}
	return evidence.Fact[evidence.Weakness]{}, false
}
