package lab

import "github.com/mailtls/mailtls/starttls"

// loginServers returns servers that let users log in where they should not.
func loginServers() []Server {
	inTheClear := func(name, title string, p starttls.Protocol) Server {
		return with(name, title, func(s *Server) {
			s.Protocol = p
			s.Quirks.Mail.AuthBeforeTLS = true
			s.want("fail", "plaintext-auth", "auth-before-tls")
			s.want("pass", "cram-md5-before-tls")
		})
	}
	weakly := func(name, title string, p starttls.Protocol, line string) Server {
		return with(name, title, func(s *Server) {
			s.Protocol = p
			s.Quirks.Mail.Lines = []string{line}
			s.want("pass", "plaintext-auth")
			s.want("warn", "cram-md5-before-tls")
		})
	}
	return []Server{
		inTheClear("auth-before-tls", "submission that takes passwords in the clear", starttls.Submission),
		inTheClear("auth-before-tls-imap", "IMAP that takes passwords in the clear", starttls.IMAP),
		inTheClear("auth-before-tls-pop3", "POP3 that takes passwords in the clear", starttls.POP3),
		inTheClear("auth-before-tls-sieve", "ManageSieve that takes passwords in the clear", starttls.Sieve),
		weakly("cram-md5-before-tls", "submission that takes CRAM-MD5 in the clear", starttls.Submission, "AUTH CRAM-MD5"),
		weakly("ntlm-before-tls-imap", "IMAP that takes NTLM in the clear", starttls.IMAP, "AUTH=NTLM"),
		with("apop-before-tls", "POP3 that takes APOP in the clear", func(s *Server) {
			s.Protocol = starttls.POP3
			s.Quirks.Mail.Greeting = "lab ready <1896.697170952@mail.lab.test>"
			s.want("warn", "cram-md5-before-tls")
		}),
		with("auth-on-25", "SMTP that lets users log in", func(s *Server) { s.Quirks.Inside.Lines = []string{"AUTH PLAIN LOGIN"} }),
	}
}

// capabilityServers returns servers with something odd in what they say of themselves.
func capabilityServers() []Server {
	return []Server{
		with("starttls-again", "STARTTLS offered inside TLS, too", func(s *Server) {
			s.Quirks.Inside.Lines = []string{"STARTTLS"}
			s.want("note", "starttls-again")
			s.want("pass", "starttls-capabilities")
		}),
		with("less-inside-tls", "capabilities that are gone inside TLS", func(s *Server) {
			s.Quirks.Mail.Lines = []string{"CHUNKING", "DSN"}
			s.want("note", "starttls-capabilities")
			s.want("pass", "starttls-again")
		}),
		with("imap-compress", "IMAP that compresses", func(s *Server) {
			s.Protocol = starttls.IMAP
			s.Quirks.Inside.Lines = []string{"COMPRESS=DEFLATE"}
			s.want("note", "imap-compress")
			s.want("pass", "plaintext-auth")
		}),
		with("banner-version", "a greeting with a version", func(s *Server) {
			s.Quirks.Mail.Greeting = "mail.lab.test ESMTP Lab 4.96"
			s.want("note", "banner-version")
		}),
		with("requiretls", "REQUIRETLS", func(s *Server) { s.Quirks.Inside.Lines = []string{"REQUIRETLS"} }),
	}
}
