package probe

import (
	"context"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// Up to TLS 1.2 a ticket comes with a finished handshake alone (RFC 5077, Section 3.1). One connection finishes one, with
// AES-GCM if the server has that in TLS 1.2, and else in the newest version in which it answers session_ticket. It serves
// three checks: by the ticket, by the session that Ticketbleed resumes, and by the nonces of the server's records.

// handshakeAlone is the form in which nothing is said inside: for a server that was silent there.
const handshakeAlone = "handshake-alone"

// tryTickets finishes a handshake and talks the mail protocol inside.
func (c *connection) tryTickets(ctx context.Context) evidence.End {
	s, end := c.legacyClient(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	if end = c.legacyFinish(ctx, s); end.Kind != evidence.EndDone {
		return end
	}
	if c.offer.Vector == handshakeAlone {
		_ = s.Close()
	} else {
		c.legacyInside(ctx, s)
	}
	c.keepNonces(s)
	return end
}

// keepNonces keeps what the server's AEAD records show of their nonces.
func (c *connection) keepNonces(s *legacy.Session) {
	c.obs.Reaction = &evidence.Reaction{End: evidence.EndDone}
	for _, n := range s.Seen.Nonces[:min(len(s.Seen.Nonces), maxReacted)] {
		c.obs.Reaction.Records = append(c.obs.Reaction.Records, evidence.Reacted{Type: n.Type, Length: n.Length, Nonce: n.Explicit})
	}
}

func nextTickets(p *plan) (ask, bool) {
	if p.finishingNow() || p.asking(string(evidence.RepeatedNonces)) {
		return ask{}, false
	}
	gcm := p.gcmSuites()
	if len(gcm) > 0 && p.mayEnter() && !p.showedNonces() && p.mayTry(evidence.RepeatedNonces, evidence.KeyRepeatedNonces, 2) {
		return trying(evidence.RepeatedNonces, "", tlswire.TLS12, gcm), true
	}
	v := p.ticketsIn()
	if v == 0 || p.finishedIn(v) || !p.mayTry(evidence.WeakTickets, evidence.KeyWeakTickets, 2) {
		return ask{}, false
	}
	a := trying(evidence.WeakTickets, "", v, secretFirst(p.finishableSuites(v)))
	if p.mute {
		a.offer.Vector = handshakeAlone
	}
	return a, true
}

// ticketsIn returns the newest version up to TLS 1.2 that was seen to answer session_ticket and in which a handshake can be
// finished, 0 if there is none.
func (v *view) ticketsIn() (newest tlswire.Version) {
	for i := range v.replies {
		r := &v.replies[i]
		if _, ok := tlswire.Find(r.hello.Extensions, tlswire.ExtensionSessionTicket); ok && r.kind == accepted && !r.guess && old(r.version) &&
			r.version > newest && len(v.finishableSuites(r.version)) > 0 {
			newest = r.version
		}
	}
	return newest
}

// finishedIn reports whether a handshake of version p was finished.
func (v *view) finishedIn(p tlswire.Version) bool {
	return v.count(func(r reply) bool { return r.finished && !r.guess && r.version == p }) > 0
}

// gcmSuites returns the suites with AES-GCM that are accepted in TLS 1.2, those with forward secrecy first.
func (v *view) gcmSuites() []tlswire.Suite {
	return secretFirst(slices.DeleteFunc(v.finishableSuites(tlswire.TLS12), func(s tlswire.Suite) bool { return !isAESGCM(s) }))
}

// secretFirst puts the suites with forward secrecy first.
func secretFirst(list []tlswire.Suite) []tlswire.Suite {
	secret := func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return info.KeyExchange == tlswire.KeyExchangeECDHE || info.KeyExchange == tlswire.KeyExchangeDHE
	}
	slices.SortStableFunc(list, func(a, b tlswire.Suite) int {
		switch {
		case secret(a) == secret(b):
			return 0
		case secret(a):
			return -1
		}
		return 1
	})
	return list
}
