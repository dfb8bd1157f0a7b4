package lab

import "github.com/mailtls/mailtls/starttls"

// plainPorts are the protocols of users that begin in the clear.
func plainPorts() []starttls.Protocol {
	return []starttls.Protocol{starttls.Submission, starttls.IMAP, starttls.POP3, starttls.Sieve}
}

// insistingServers take nothing from users before TLS.
func insistingServers() []Server {
	var list []Server
	for _, p := range plainPorts() {
		list = append(list, with("insists-"+string(p), "refuses everything before TLS", func(s *Server) {
			s.Protocol = p
			s.want("pass", "auth-before-tls")
			if p == starttls.Submission {
				s.want("pass", "mail-before-tls")
			}
		}))
	}
	return append(list, with("insists-in-vain", "refuses everything before TLS, and offers none", func(s *Server) {
		s.Versions, s.Suites, s.Certificates, s.Protocol = nil, nil, nil, starttls.IMAP
		s.want("fail", "starttls-missing")
		s.want("pass", "auth-before-tls")
	}))
}

// trustingServers take from users in the clear what should come inside TLS.
func trustingServers() []Server {
	var list []Server
	for _, p := range plainPorts() {
		list = append(list, with("auth-unlisted-"+string(p), "does not offer to take passwords in the clear, and does", func(s *Server) {
			s.Protocol = p
			s.Quirks.Mail.AuthUnlisted = true
			s.want("fail", "auth-before-tls")
		}))
	}
	return append(list,
		with("mail-before-tls", "submission that takes mail in the clear", func(s *Server) {
			s.Protocol = starttls.Submission
			s.Quirks.Mail.MailBeforeTLS = true
			s.want("warn", "mail-before-tls")
			s.want("pass", "auth-before-tls")
		}),
		with("auth-on-relay", "a relay that takes passwords in the clear", func(s *Server) {
			s.Quirks.Mail.AuthBeforeTLS = true
			s.want("fail", "auth-before-tls") // on a port for users; a warning on port 25
		}),
		with("starttls-absent-submission", "submission without STARTTLS, that takes everything in the clear", func(s *Server) {
			s.Versions, s.Suites, s.Certificates, s.Protocol = nil, nil, nil, starttls.Submission
			s.Quirks.Mail.AuthBeforeTLS, s.Quirks.Mail.MailBeforeTLS = true, true
			s.want("fail", "starttls-missing", "auth-before-tls")
			s.want("warn", "mail-before-tls")
		}),
		with("starttls-refused-submission", "submission that refuses STARTTLS, and takes everything in the clear", func(s *Server) {
			s.Protocol = starttls.Submission
			s.Quirks.Mail.AuthBeforeTLS, s.Quirks.Mail.MailBeforeTLS = true, true
			s.Quirks.Mail.Reply = "454 4.7.0 TLS not available due to local problem"
			s.want("fail", "starttls-broken", "auth-before-tls")
			s.want("warn", "mail-before-tls")
		}),
	)
}
