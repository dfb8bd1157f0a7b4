package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// deriveTickets lists the session tickets that came with finished handshakes. What the versions up to TLS 1.2 do is decided by one
// handshake of any of them, and without one if none answers the extension.
func deriveTickets(d *deriver) {
	f := unknown[[]evidence.Ticket](d)
	var from []string
	done13, doneOld := d.none(is13), d.none(old)
	if !doneOld {
		if shown, without := d.withoutTickets(); without {
			doneOld, from = true, shown
		}
	}
	list, looked := []evidence.Ticket{}, map[tlswire.Version]bool{}
	for _, r := range d.ticketsFirst() {
		if looked[r.version] {
			continue
		}
		looked[r.version] = true
		done13, doneOld = done13 || is13(r.version), doneOld || old(r.version)
		from = once(from, []string{r.id})
		list = append(list, r.tickets()...)
	}
	switch {
	case len(d.spoken()) == 0 || len(from) == 0:
	case done13 && doneOld:
		f = known(list, from...)
	default:
		f = evidence.Fact[[]evidence.Ticket]{State: evidence.Partial, Value: list, Why: d.why, From: from}
		if !doneOld { // one stands for all of its kind
			f.Open = append(f.Open, evidence.Ticket{Version: tlswire.TLS12})
		}
		if !done13 {
			f.Open = append(f.Open, evidence.Ticket{Version: tlswire.TLS13})
		}
	}
	d.facts.SessionTicket = f
}

// ticketsFirst returns the replies with a finished handshake, those with tickets before the others.
func (d *deriver) ticketsFirst() (list []*reply) {
	for _, with := range []bool{true, false} {
		for i := range d.replies {
			if r := &d.replies[i]; r.finished && with == (len(r.tickets()) > 0) {
				list = append(list, r)
			}
		}
	}
	return list
}

// withoutTickets reports whether every version up to TLS 1.2 that is spoken was seen to leave the extension unanswered, and which
// connections show it.
func (d *deriver) withoutTickets() (from []string, without bool) {
	if d.anyOpen(old) {
		return nil, false
	}
	for _, v := range d.spokenOld() {
		shown := d.last(func(r *reply) bool { return r.kind == accepted && r.version == v && !r.guess })
		if len(shown) == 0 || slices.ContainsFunc(d.replies, func(r reply) bool {
			_, ok := tlswire.Find(r.hello.Extensions, tlswire.ExtensionSessionTicket)
			return ok && r.kind == accepted && r.version == v
		}) {
			return nil, false
		}
		from = append(from, shown...)
	}
	return from, true
}

// ticketHeader is the length in bytes of what stands before a ticket up to TLS 1.2: its lifetime and its length (RFC 5077,
// Section 3.3).
const ticketHeader = 6

func ticket13(t tlswire.NewSessionTicketTLS13, length int) evidence.Ticket {
	out := evidence.Ticket{Version: tlswire.TLS13, Lifetime: t.Lifetime, Length: length, KeyName: t.Ticket}
	if e, ok := tlswire.Find(t.Extensions, tlswire.ExtensionEarlyData); ok {
		if n, err := tlswire.ParseEarlyDataLimit(e.Data); err == nil {
			out.MaxEarlyData = n
		}
	}
	return out
}

// tickets are those that came in this connection.
func (r *reply) tickets() []evidence.Ticket {
	var list []evidence.Ticket
	for _, m := range r.messages {
		switch {
		case m.Type != tlswire.TypeNewSessionTicket:
		case is13(r.version):
			if t, err := tlswire.ParseNewSessionTicketTLS13(m.Body); err == nil {
				list = append(list, ticket13(t, m.Length))
			}
		default:
			if t, err := tlswire.ParseNewSessionTicket(m.Body); err == nil {
				list = append(list, evidence.Ticket{Version: r.version, Lifetime: t.LifetimeHint, Length: max(len(t.Ticket), m.Length-ticketHeader), KeyName: t.Ticket})
			}
		}
	}
	return list
}
