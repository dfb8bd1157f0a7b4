package check

import "github.com/mailtls/mailtls/evidence"

func stateChecks() []Check {
	return []Check{{
		ID:    "starttls-state-kept",
		Title: "What was said before STARTTLS is remembered inside TLS",
		Text: "The server goes on inside TLS with what it was told before: a transaction that was begun in the clear, or a greeting. " +
			"Anybody on the wire may have said that in the client's place, and TLS was to end it. A server that keeps these may keep a " +
			"login, too, which was not tried: then mail would be sent, or kept, under the name of somebody else. Update the mail server, " +
			"or whatever does TLS in front of it: it has to forget all that came before TLS. Of IMAP, POP3 and ManageSieve nothing " +
			"can be seen without a login.",
		Refs:   []string{"RFC 3207, Section 4.2"},
		Needs:  []evidence.Need{{Key: evidence.KeyStateKept}},
		Active: true,
		Eval: weakness("starttls-state-kept", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.StateKept },
			"remembers inside TLS what was said before it", "forgets inside TLS what was said before it"),
	}}
}
