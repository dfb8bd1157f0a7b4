package lab

import (
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// resumptionServers returns servers that do something wrong with sessions that are resumed, or inside them, and some that look like it.
func resumptionServers() []Server {
	fine := []string{"ticketbleed", "weak-stek", "bad-gcm-nonce", "psk-ke", "ticket-lifetime"}
	return []Server{
		with("ticketbleed", "fills up short session IDs from its memory, as F5 BIG-IP did", func(s *Server) {
			s.Quirks.Attack.Ticket.LongSessionID = true
			s.want("pass", fine...)
			s.want("fail", "ticketbleed")
		}),
		with("ticket-unused", "gives tickets, and resumes by none, as Dovecot", func(s *Server) {
			s.Quirks.Attack.Ticket.Keys = legacy.TicketKeysRotating
			s.Quirks.ForgetTickets = true
			s.want("pass", fine...)
		}),
		with("ticket-zero-key", "seals tickets with a key of zeros, as GnuTLS 3.6.4 to 3.6.13", func(s *Server) {
			s.Quirks.Attack.Ticket.Keys = legacy.TicketKeysZero
			s.want("pass", fine...)
			s.want("fail", "weak-stek")
		}),
		with("ticket-zero-key-tls13", "the same in TLS 1.3 alone", func(s *Server) {
			s.only(tlswire.TLS13, tls13())
			s.Quirks.Attack.Ticket.Keys = legacy.TicketKeysZero
			s.want("pass", "psk-ke", "ticket-lifetime")
			s.want("fail", "weak-stek")
		}),
		with("ticket-fixed-key", "seals tickets with a key that never changes", func(s *Server) {
			s.Quirks.Attack.Ticket.Keys = legacy.TicketKeysFixed
			s.want("pass", fine...) // which one scan cannot see
		}),
		with("ticket-lifetime", "gives tickets of TLS 1.2 that last ten days", func(s *Server) {
			s.Quirks.Attack.Ticket.Lifetime = 10 * 24 * 3600
			s.want("pass", fine...)
			s.want("note", "ticket-lifetime")
		}),
		with("ticket-none", "gives no tickets", func(s *Server) {
			s.Extensions.Tickets = false
			s.want("pass", fine...)
		}),
		with("gcm-nonce", "uses one nonce for all records of a session", func(s *Server) {
			s.Quirks.Attack.GCMNonce = legacy.NonceRepeated
			s.want("pass", fine...)
			s.want("fail", "bad-gcm-nonce")
		}),
		with("gcm-nonce-random", "chooses nonces at random", func(s *Server) {
			s.Quirks.Attack.GCMNonce = legacy.NonceRandom
			s.want("pass", fine...)
		}),
		with("psk-ke", "resumes sessions of TLS 1.3 without a key exchange", func(s *Server) {
			s.Quirks.PSKOnly = true
			s.want("pass", fine...)
			s.want("note", "psk-ke")
		}),
	}
}
