package lab

// Transactions says how SMTP and LMTP begin mail transactions, before TLS and inside it. No recipient is ever taken.
type Transactions struct {
	// Begin takes MAIL FROM. Otherwise the lab refuses it, or answers it before TLS as [MailQuirks] says.
	Begin bool
	// BeforeTLS is what MAIL FROM is answered before TLS, whatever was said before; empty: no other rule.
	BeforeTLS string
	// NeedHello takes it only from who has said EHLO or LHLO.
	NeedHello bool
	// Nest takes it in a transaction, too.
	Nest bool
	// Curt says the same of whatever comes out of order.
	Curt bool
	// Locked refuses STARTTLS in a transaction, and LockedSTARTTLS where nobody has said EHLO or LHLO.
	Locked, LockedSTARTTLS bool
	// Stumble refuses the first MAIL FROM inside TLS, whatever was said before.
	Stumble bool
	// KeepTransaction and KeepHello forget these not when TLS begins (RFC 3207, Section 4.2).
	KeepTransaction, KeepHello bool
}

// knowledge is what a client has said that a server remembers.
type knowledge struct{ hello, mail, stumbled bool }

// transact answers what transactions are about, "" if it is something else.
func (s *session) transact(v, hello string) string {
	t := s.Server.Quirks.Transactions
	if !t.Begin {
		return ""
	}
	switch v {
	case hello, "HELO":
		s.knows.hello, s.knows.mail = true, false
	case "RSET":
		s.knows.mail = false
	case "STARTTLS":
		switch {
		case s.knows.mail && t.Locked:
			return s.disorder("STARTTLS not allowed in a transaction")
		case !s.knows.hello && t.LockedSTARTTLS:
			return s.disorder("Send hello first")
		}
	case "MAIL":
		return s.mail()
	}
	return ""
}

// mail answers MAIL FROM.
func (s *session) mail() string {
	t := s.Server.Quirks.Transactions
	switch {
	case t.BeforeTLS != "" && !s.secure:
		return t.BeforeTLS + "\r\n"
	case t.Stumble && s.secure && !s.knows.stumbled:
		s.knows.stumbled = true
		return s.disorder("Not yet")
	case s.knows.mail && !t.Nest:
		return s.disorder("Sender already given")
	case !s.knows.hello && t.NeedHello:
		return s.disorder("Send hello first")
	}
	s.knows.mail = true
	return "250 2.1.0 Ok\r\n"
}

// disorder refuses what comes at the wrong time.
func (s *session) disorder(why string) string {
	if s.Server.Quirks.Transactions.Curt {
		why = "Bad sequence of commands"
	}
	return "503 5.5.1 " + why + "\r\n"
}

// forget forgets what the client has said before TLS.
func (s *session) forget() {
	t := s.Server.Quirks.Transactions
	s.knows.mail = s.knows.mail && t.KeepTransaction
	s.knows.hello = s.knows.hello && t.KeepHello
}
