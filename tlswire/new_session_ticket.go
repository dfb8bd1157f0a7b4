package tlswire

import "golang.org/x/crypto/cryptobyte"

// NewSessionTicket hands out a ticket in SSLv3 to TLS 1.2 (RFC 5077, Section 3.3).
type NewSessionTicket struct {
	LifetimeHint uint32 // seconds; 0 leaves it to the client
	Ticket       []byte
}

// ParseNewSessionTicket parses the body of a new_session_ticket message up to TLS 1.2. Ticket
// aliases b. The error is ErrMalformed.
func ParseNewSessionTicket(b []byte) (NewSessionTicket, error) {
	var t NewSessionTicket
	s := cryptobyte.String(b)
	if !s.ReadUint32(&t.LifetimeHint) || !readOpaque16(&s, &t.Ticket) || !s.Empty() {
		return NewSessionTicket{}, malformed("new session ticket", "length")
	}
	return t, nil
}

// Marshal returns the body of the message. The error is a ticket that does not fit its length.
func (t NewSessionTicket) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint32(t.LifetimeHint)
	addOpaque16(&b, t.Ticket)
	out, err := b.Bytes()
	return marshalled("new session ticket", out, err)
}

// NewSessionTicketTLS13 hands out a ticket in TLS 1.3 (RFC 8446, Section 4.6.1).
type NewSessionTicketTLS13 struct {
	Lifetime   uint32 // seconds
	AgeAdd     uint32 // milliseconds, hides the age of the ticket
	Nonce      []byte
	Ticket     []byte
	Extensions []Extension
}

// ParseNewSessionTicketTLS13 parses the body of a new_session_ticket message of TLS 1.3. The
// fields alias b. The error is ErrMalformed.
func ParseNewSessionTicketTLS13(b []byte) (NewSessionTicketTLS13, error) {
	var t NewSessionTicketTLS13
	s := cryptobyte.String(b)
	if !s.ReadUint32(&t.Lifetime) || !s.ReadUint32(&t.AgeAdd) {
		return NewSessionTicketTLS13{}, malformed("new session ticket", "lifetime")
	}
	if !readOpaque8(&s, &t.Nonce) || !readOpaque16(&s, &t.Ticket) {
		return NewSessionTicketTLS13{}, malformed("new session ticket", "nonce and ticket")
	}
	var ok bool
	if t.Extensions, ok = readExtensions(&s); !ok || !s.Empty() {
		return NewSessionTicketTLS13{}, malformed("new session ticket", "extensions")
	}
	return t, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length.
func (t NewSessionTicketTLS13) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint32(t.Lifetime)
	b.AddUint32(t.AgeAdd)
	addOpaque8(&b, t.Nonce)
	addOpaque16(&b, t.Ticket)
	addExtensions(&b, t.Extensions)
	out, err := b.Bytes()
	return marshalled("new session ticket", out, err)
}
