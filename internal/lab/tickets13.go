package lab

import (
	"crypto/rand"
	"sync"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// tickets13 keeps the pre-shared keys of tickets of TLS 1.3, by the ticket. It is safe for concurrent use.
type tickets13 struct {
	mu      sync.Mutex
	secrets map[string][]byte
}

// maxTickets13 is how many are kept before all are forgotten.
const maxTickets13 = 256

func (t *tickets13) put(ticket, secret []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.secrets) >= maxTickets13 {
		clear(t.secrets)
	}
	t.secrets[string(ticket)] = secret
}

func (t *tickets13) get(ticket []byte) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.secrets[string(ticket)]
}

// resume13 has a handshake of TLS 1.3 give a ticket, and resume by those of others.
func (s *session) resume13(config *tlspeer.ServerConfig) {
	if !s.Server.Extensions.Tickets {
		return
	}
	q := s.Server.Quirks
	ticket := s.Server.Extensions.ticket()
	ticket.Ticket = s.ticket13()
	config.Tickets = []tlswire.NewSessionTicketTLS13{ticket}
	config.WithoutShare = q.PSKOnly
	config.Issued = func(t tlswire.NewSessionTicketTLS13, secret []byte) { s.tickets.put(t.Ticket, secret) }
	if !q.ForgetTickets {
		config.Secret = s.tickets.get
	}
}

// ticket13 makes a ticket. What is in it nobody reads; but how it is sealed, anybody can see.
func (s *session) ticket13() []byte {
	state := make([]byte, 96)
	rand.Read(state)
	if keys := s.Server.Quirks.Attack.Ticket.Keys; keys == legacy.TicketKeysZero {
		return keys.Seal(state)
	}
	return state
}
