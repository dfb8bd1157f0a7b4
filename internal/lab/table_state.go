package lab

import (
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// stateServers return servers that keep what was said before STARTTLS, and some that look like it and do not.
func stateServers() []Server {
	made := func(name, title, level string, t Transactions) Server {
		return with(name, title, func(s *Server) {
			t.Begin = true
			s.Quirks.Transactions = t
			s.want(level, "starttls-state-kept")
		})
	}
	lmtp := made("state-kept-lmtp", "LMTP that keeps greeting and transaction across STARTTLS", "warn",
		Transactions{NeedHello: true, KeepTransaction: true, KeepHello: true})
	lmtp.Protocol = starttls.LMTP
	old := made("transaction-kept-tls12", "keeps a transaction across STARTTLS, in TLS 1.2", "warn", Transactions{KeepTransaction: true})
	old.only(tlswire.TLS12, old.Suites[tlswire.TLS12])
	submission := made("greeting-kept-submission", "submission that keeps the greeting across STARTTLS, before which it takes no mail", "warn",
		Transactions{NeedHello: true, KeepHello: true, BeforeTLS: "530 5.7.0 Must issue a STARTTLS command first"})
	submission.Protocol = starttls.Submission
	return []Server{
		lmtp, old, submission,
		made("transaction-kept", "keeps a transaction across STARTTLS, and forgets the greeting", "warn", Transactions{NeedHello: true, KeepTransaction: true}),
		made("greeting-kept", "keeps the greeting across STARTTLS, which has to follow one", "warn",
			Transactions{NeedHello: true, LockedSTARTTLS: true, KeepHello: true}),
		made("state-forgotten", "forgets greeting and transaction at STARTTLS", "pass", Transactions{NeedHello: true}),
		made("mail-unannounced", "takes mail from clients that never greet, as Postfix", "pass", Transactions{}),
		made("curt", "says the same of every command out of order, and forgets all at STARTTLS", "pass", Transactions{NeedHello: true, Curt: true}),
		made("starttls-locked", "takes no STARTTLS in a transaction", "pass", Transactions{Locked: true}),
		made("mail-nested", "takes a transaction within a transaction, and forgets all at STARTTLS", "pass", Transactions{NeedHello: true, Nest: true}),
		made("mail-stumbles", "refuses the first MAIL FROM inside TLS", "undecided", Transactions{Stumble: true}),
		made("mail-anytime", "takes MAIL FROM at any time", "undecided", Transactions{Nest: true}),
		made("mail-later", "takes no mail before TLS, and needs no greeting inside it", "notapplicable",
			Transactions{BeforeTLS: "530 5.7.0 Must issue a STARTTLS command first"}),
	}
}
