package lab

import (
	"bytes"
	"crypto/rand"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// Inner is a deviation inside the encrypted part of a TLS 1.3 handshake.
type Inner string

// The inner deviations.
const (
	InnerSilence       Inner = "falls silent behind the EncryptedExtensions"
	InnerGarbage       Inner = "sends records that nobody can decrypt"
	InnerExtensions    Inner = "sends EncryptedExtensions of 60,000 bytes"
	InnerBigChain      Inner = "sends a certificate message of 1 MB"
	InnerNoCertificate Inner = "sends an empty list of certificates"
	InnerSecondHello   Inner = "sends a ServerHello again, encrypted"
	InnerUnknown       Inner = "sends a message of type 199"
	InnerBadSignature  Inner = "signs the handshake wrongly"
	InnerBadFinished   Inner = "sends a wrong Finished"
	InnerTickets       Inner = "sends two thousand tickets"
	InnerKeyUpdates    Inner = "updates its keys without an end"
)

// pervert changes what tlspeer is to answer in the way of i.
func (i Inner) pervert(c *tlspeer.ServerConfig) {
	switch i {
	case InnerGarbage:
		c.Hooks.Record = garble
	case InnerExtensions:
		c.Extensions = append(c.Extensions, tlswire.Extension{Type: 0x7a7b, Data: make([]byte, 60000)})
	case InnerBigChain:
		c.Certificate.Entries = append(c.Certificate.Entries, tlswire.CertificateEntry{DER: make([]byte, 1<<20)})
	case InnerNoCertificate:
		c.Certificate.Entries = nil
	case InnerTickets:
		for range 2000 {
			c.Tickets = append(c.Tickets, tlswire.NewSessionTicketTLS13{Ticket: make([]byte, 1<<10)})
		}
	}
	c.Hooks.Message = i.message
}

// message changes one handshake message, or drops it, or adds to it.
func (i Inner) message(m tlswire.Handshake) []tlswire.Handshake {
	switch {
	case i == InnerSilence && m.Type != tlswire.TypeServerHello && m.Type != tlswire.TypeEncryptedExtensions:
		return nil
	case i == InnerBadSignature && m.Type == tlswire.TypeCertificateVerify,
		i == InnerBadFinished && m.Type == tlswire.TypeFinished:
		m.Body = bytes.Clone(m.Body)
		m.Body[len(m.Body)-1] ^= 1
	case i == InnerSecondHello && m.Type == tlswire.TypeEncryptedExtensions:
		return []tlswire.Handshake{{Type: tlswire.TypeServerHello, Body: make([]byte, 40)}, m}
	case i == InnerUnknown && m.Type == tlswire.TypeEncryptedExtensions:
		return []tlswire.Handshake{{Type: 199, Body: []byte("what?")}, m}
	}
	return []tlswire.Handshake{m}
}

// garble replaces the contents of protected records.
func garble(r tlswire.Record) []tlswire.Record {
	if r.Type == tlswire.ContentApplicationData {
		r.Payload = make([]byte, len(r.Payload))
		rand.Read(r.Payload)
	}
	return []tlswire.Record{r}
}

// floodInside is what an inner deviation does once the handshake is through.
func (s *session) floodInside(peer *tlspeer.Session) error {
	if s.Server.Quirks.Inner != InnerKeyUpdates {
		return nil
	}
	for {
		if err := peer.UpdateKeys(false); err != nil {
			return err
		}
	}
}
