package lab

import "strings"

// smtp is the dialect of SMTP, submission and LMTP (RFC 5321, RFC 2033).
func smtp() dialect {
	return dialect{
		greeting: func(s *session) string {
			if s.Server.Protocol == "lmtp" {
				return "220 " + s.welcome("mail.lab.test LMTP ready") + "\r\n"
			}
			return "220 " + s.welcome("mail.lab.test ESMTP ready") + "\r\n"
		},
		command:          smtpCommand,
		moreGreeting:     "220-and another line of this endless greeting\r\n",
		moreCapabilities: "250-X-AND-ANOTHER\r\n",
	}
}

func smtpCommand(s *session, line string) (string, verdict) {
	hello := "EHLO"
	if s.Server.Protocol == "lmtp" {
		hello = "LHLO"
	}
	v := verb(line)
	if reply := s.transact(v, hello); reply != "" {
		return reply, goOn
	}
	switch v {
	case hello:
		if len(strings.Fields(line)) < 2 {
			return "501 5.5.4 Syntax: " + hello + " hostname\r\n", goOn
		}
		return ehlo(s), goOn
	case "HELO":
		return "250 mail.lab.test\r\n", goOn
	case "STARTTLS":
		return s.goAhead("220 2.0.0 Ready to start TLS", "502 5.5.1 Error: command not implemented")
	case "MAIL":
		if s.takesMail() {
			return "250 2.1.0 Ok\r\n", goOn
		}
	case "AUTH":
		return s.authenticate(prompts{yes: "334 ", no: "538 5.7.11 Encryption required for requested authentication mechanism",
			cancelled: "501 5.7.0 Authentication aborted"})
	case "NOOP", "RSET":
		return "250 2.0.0 Ok\r\n", goOn
	case "QUIT":
		return "221 2.0.0 Bye\r\n", leave
	}
	if !s.secure {
		return "530 5.7.0 Must issue a STARTTLS command first\r\n", goOn
	}
	return "502 5.5.2 Error: command not recognized\r\n", goOn
}

// ehlo returns the multi-line answer of RFC 5321, Section 4.1.1.1.
func ehlo(s *session) string {
	lines := append([]string{"mail.lab.test"}, s.quirks().Lines...)
	lines = append(lines, "PIPELINING", "SIZE 10240000")
	if s.offersTLS() {
		lines = append(lines, s.starttls("STARTTLS"))
	}
	if s.mayAuth() {
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	lines = append(lines, "ENHANCEDSTATUSCODES", "8BITMIME")
	var b strings.Builder
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		b.WriteString("250" + sep + l + "\r\n")
	}
	return b.String()
}

// mayAuth reports whether the server offers passwords: never on a relay port,
// and before TLS only as a quirk.
func (s *session) mayAuth() bool {
	if !s.secure {
		return s.quirks().AuthBeforeTLS
	}
	return s.Server.Protocol != "smtp" && s.Server.Protocol != "lmtp"
}
