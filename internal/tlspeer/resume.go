package tlspeer

import (
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// Ticket is what resumes a session (RFC 8446, Section 4.6.1).
type Ticket struct {
	Message tlswire.NewSessionTicketTLS13
	Suite   tlswire.Suite // of the session; another of the same hash will do
	Secret  []byte        // the pre-shared key
	Came    time.Time     // when it came
}

// Tickets returns those that came so far, none before the handshake is complete.
func (s *Session) Tickets() []Ticket { return s.tickets }

// keepTicket makes a ticket of a message (RFC 8446, Section 4.6.1).
func (s *Session) keepTicket(m tlswire.NewSessionTicketTLS13) error {
	s.Seen.Tickets = append(s.Seen.Tickets, m)
	secret, err := s.ticketSecret(m)
	if err == nil {
		s.tickets = append(s.tickets, Ticket{m, s.Seen.ServerHello.Suite, secret, time.Now()})
	}
	return err
}

func (s *Session) ticketSecret(m tlswire.NewSessionTicketTLS13) ([]byte, error) {
	return expandLabel(s.suite.newHash, s.resumption, "resumption", m.Nonce, s.suite.newHash().Size())
}

// deriveResumption derives the secret of tickets from the transcript up to the client's Finished (RFC 8446, Section 7.1).
func (s *Session) deriveResumption() (err error) {
	s.resumption, err = s.keys.derive("res master", s.transcript.hash(s.suite.newHash))
	return err
}

// bind appends pre_shared_key to the hello, with the binder for what comes before the binders (RFC 8446, Section 4.2.11.2).
func (c *client) bind(t *Ticket) error {
	u, ok := suiteOf(t.Suite)
	if !ok {
		return local(fmt.Errorf("a ticket of suite %v", t.Suite))
	}
	age := uint32(time.Since(t.Came).Milliseconds()) + t.Message.AgeAdd
	id := []tlswire.PSKIdentity{{Identity: t.Message.Ticket, ObfuscatedTicketAge: age}}
	binder := make([]byte, u.newHash().Size())
	rest := withoutExtension(c.hello.Extensions, tlswire.ExtensionPreSharedKey)
	put := func() { // the last extension
		c.hello.Extensions = append(rest[:len(rest):len(rest)], tlswire.PreSharedKey(tlswire.OfferedPSKs{Identities: id, Binders: [][]byte{binder}}))
	}
	put()
	body, err := c.hello.Marshal()
	if err != nil {
		return local(err)
	}
	whole := transcript{raw: c.transcript.raw[:len(c.transcript.raw):len(c.transcript.raw)]}
	if err := whole.add(tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}); err != nil {
		return local(err)
	}
	whole.raw = whole.raw[:len(whole.raw)-2-1-len(binder)]
	if binder, err = binderMAC(u.newHash, t.Secret, whole.hash(u.newHash)); err == nil {
		put()
	}
	return err
}

// binderMAC proves that one has the key of a ticket.
func binderMAC(newHash func() hash.Hash, secret, transcriptHash []byte) ([]byte, error) {
	early, err := newSchedule(newHash, secret)
	if err != nil {
		return nil, err
	}
	key, err := early.derive("res binder", newHash().Sum(nil))
	if err != nil {
		return nil, err
	}
	return finishedMAC(newHash, key, transcriptHash)
}

// resumes reports whether the server takes the ticket, and makes its key that of the session.
func (c *client) resumes(h *tlswire.ServerHello) (bool, error) {
	e, ok := tlswire.Find(h.Extensions, tlswire.ExtensionPreSharedKey)
	if !ok {
		return false, nil
	}
	index, err := tlswire.ParseSelectedPSK(e.Data)
	switch {
	case err != nil:
		return false, err
	case c.ticket == nil || index != 0:
		return false, nonsense(errors.New("the server resumes by a ticket that was not offered"))
	case len(c.ticket.Secret) != c.suite.newHash().Size():
		return false, nonsense(fmt.Errorf("the server resumes with suite %v", h.Suite))
	}
	c.psk, c.Seen.Resumed = c.ticket.Secret, true
	return true, nil
}
