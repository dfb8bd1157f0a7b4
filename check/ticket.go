package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// Lifetimes of tickets, in seconds: what RFC 9846, Section 4.6.1 allows at most, and what is long for forward secrecy.
const (
	longestTicket = 7 * 24 * 60 * 60
	longTicket    = 24 * 60 * 60
)

// ticketChecks are on tickets with which clients take a session up again.
func ticketChecks() []Check {
	return []Check{
		{
			ID:    "zero-rtt",
			Title: "Data is taken before the handshake is done (0-RTT)",
			Text: "With early data a client may send its first commands together with its hello. Whoever records them can send them " +
				"again, and the server may act twice: a mail is submitted once more. There is no rule for mail on what may be sent so, " +
				"and no mail program gains from it. Turn it off. That it is offered was read in a ticket; no early data was sent.",
			Refs:    []string{"RFC 9846, Section 8", "RFC 9325, Section 3.10"},
			Needs:   []evidence.Need{{Key: evidence.KeySessionTicket}, {Key: evidence.KeyVersions}},
			Active:  true, // full scans alone finish a handshake
			Settled: func(f *evidence.Facts) bool { return earlyData(f) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.SessionTicket
				var most uint32
				for _, t := range f.Value {
					most = max(most, t.MaxEarlyData)
				}
				return decide(earlyData(&s.Endpoint.Facts),
					bad(s, p.Check("zero-rtt"), fmt.Sprintf("offers to take %d bytes of early data", most)).seen(nil, f.From),
					good("takes no early data").seen(nil, f.From))
			},
		},
		{
			ID:    "ticket-lifetime",
			Title: "Session tickets are good for more than a day",
			Text: "As long as a ticket can be used, the server has to keep the key that it is encrypted with, and who steals that key " +
				"reads the sessions in which the ticket was used or given out: without a new exchange of keys, all of them. A few hours " +
				"are enough; more than seven days TLS 1.3 forbids.",
			Refs:  []string{"RFC 9325, Section 3.4", "RFC 9846, Section 4.6.1"},
			Needs: []evidence.Need{{Key: evidence.KeySessionTicket}},
			Extra: true, Active: true,
			Eval: evalTicketLifetime,
		},
	}
}

// earlyData answers whether a ticket allows early data. Those of TLS 1.2 and older, which may be open, cannot.
func earlyData(f *evidence.Facts) evidence.Answer {
	t := f.SessionTicket
	switch {
	case evidence.Has(f.Versions, tlswire.TLS13) == evidence.No:
		return evidence.No
	case slices.ContainsFunc(t.Value, func(t evidence.Ticket) bool { return t.MaxEarlyData > 0 }):
		return evidence.Yes
	case t.State == evidence.Known:
		return evidence.No
	case t.State == evidence.Partial && len(t.Open) > 0 && !slices.ContainsFunc(t.Open, func(t evidence.Ticket) bool { return t.Version == tlswire.TLS13 }):
		return evidence.No
	}
	return evidence.Unsure
}

func evalTicketLifetime(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.SessionTicket
	var seen []string
	for _, t := range f.Value {
		switch {
		case t.Lifetime > longestTicket:
			seen = addOnce(seen, fmt.Sprintf("%v: %d days, more than the 7 that are allowed", t.Version, t.Lifetime/longTicket))
		case t.Lifetime > longTicket:
			seen = addOnce(seen, fmt.Sprintf("%v: %d hours", t.Version, t.Lifetime/3600))
		}
	}
	switch {
	case len(seen) > 0:
		return bad(s, p.Check("ticket-lifetime"), "gives out tickets for more than a day").seen(seen, f.From)
	case len(f.Value) == 0:
		return good("gives out no tickets").seen(nil, f.From)
	}
	return good("gives out tickets for a day at most").seen(nil, f.From)
}
