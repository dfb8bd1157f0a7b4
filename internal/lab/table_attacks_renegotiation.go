package lab

import (
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// renegotiationServers returns servers that renegotiate when clients ask, and some that refuse in odd ways.
func renegotiationServers() []Server {
	return []Server{
		with("renegotiates-insecurely", "renegotiates and does not know RFC 5746, as OpenSSL up to 0.9.8k", func(s *Server) {
			s.renegotiates("fail", "note", legacy.Renegotiation{Accept: -1})
			s.Extensions.RenegotiationInfo = false
			s.want("note", "no-secure-renegotiation")
		}),
		with("renegotiates-both-ways", "renegotiates with clients that do not know RFC 5746, as OpenSSL if told to", func(s *Server) {
			s.renegotiates("fail", "note", legacy.Renegotiation{Accept: -1})
		}),
		with("renegotiates", "renegotiates whenever a client asks, as OpenSSL 1.1.1", func(s *Server) {
			s.renegotiates("pass", "note", legacy.Renegotiation{Accept: -1, SecureOnly: true})
		}),
		with("renegotiates-thrice", "renegotiates three times and closes at the fourth", func(s *Server) {
			s.renegotiates("pass", "note", legacy.Renegotiation{Accept: 3, SecureOnly: true, Refusal: legacy.Reaction{Do: legacy.DoClose}})
		}),
		refusing("renegotiation-alert", "breaks off when a client wants to renegotiate", legacy.Alert(tlswire.AlertHandshakeFailure)),
		refusing("renegotiation-closes", "closes when a client wants to renegotiate, as nginx", legacy.Reaction{Do: legacy.DoClose}),
		refusing("renegotiation-resets", "resets the connection when a client wants to renegotiate", legacy.Reaction{Do: legacy.DoReset}),
		refusing("renegotiation-silence", "falls silent when a client wants to renegotiate", legacy.Reaction{Do: legacy.DoSilence}),
		refusing("renegotiation-ignored", "goes on as if no client had wanted to renegotiate", legacy.Reaction{Do: legacy.DoIgnore}),
	}
}

func refusing(name, title string, how legacy.Reaction) Server {
	return with(name, title, func(s *Server) { s.renegotiates("pass", "pass", legacy.Renegotiation{Refusal: how}) })
}

// renegotiates leaves a server one suite of TLS 1.2 and lets it renegotiate in one way.
func (s *Server) renegotiates(insecure, client string, how legacy.Renegotiation) {
	s.only(tlswire.TLS12, named("ECDHE-RSA-AES128-GCM-SHA256"))
	s.Certificates = []Certificate{{Key: RSA2048}}
	s.Quirks.Attack.Renegotiation = how
	s.want(insecure, "insecure-renegotiation")
	s.want(client, "client-renegotiation")
}
