package check

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// beforeTLSChecks are on whether a server insists on TLS, or merely offers it.
func beforeTLSChecks() []Check {
	return []Check{
		{
			ID:    "auth-before-tls",
			Title: "Passwords are accepted without encryption",
			Text: "The server asks for a password before TLS, whatever it advertises. A program that is set up wrongly, or from " +
				"which somebody on the way hides STARTTLS, sends it in the clear and nobody notices. Refuse authentication until TLS " +
				"stands. The scan sends no password: it is told by the prompt, and cancels. (Dovecot accepts them from its own machine " +
				"whatever is set: scan it from another.)",
			Refs:  []string{"RFC 8314, Section 4.1", "RFC 4954, Section 4", "RFC 9051, Section 6.2.3", "RFC 5034, Section 4"},
			Needs: []evidence.Need{{Key: evidence.KeyGreeting}, {Key: evidence.KeyAuthBeforeTLS}},
			Extra: true,
			Eval: func(s *Subject, p *policy.Policy) Finding {
				if s.Endpoint.Facts.AuthBeforeTLS.Value.Accepted && askedFromItself(s.Endpoint) {
					return undecided("asked from the server's own address, which Dovecot takes for safe: scan it from another machine")
				}
				return insists(s, p.Check("auth-before-tls"), s.Endpoint.Facts.AuthBeforeTLS,
					"asks for a password before TLS", "refuses to ask for a password before TLS")
			},
		},
		{
			ID:    "mail-before-tls",
			Title: "MAIL FROM is accepted without encryption",
			Text: "The server accepts MAIL FROM before TLS on a port for users, though it may refuse what follows. A program that is " +
				"set up wrongly sends in the clear and nobody notices. Refuse everything but STARTTLS until TLS stands (530 Must issue a STARTTLS command " +
				"first). This is not for port 25, where others must be able to deliver without.",
			Refs:  []string{"RFC 3207, Section 4", "RFC 8314, Section 4.1"},
			Needs: []evidence.Need{{Key: evidence.KeyMailBeforeTLS}},
			Extra: true,
			Eval: func(s *Subject, p *policy.Policy) Finding {
				return insists(s, p.Check("mail-before-tls"), s.Endpoint.Facts.MailBeforeTLS,
					"accepts MAIL FROM before TLS", "refuses MAIL FROM before TLS")
			},
		},
	}
}

// askedFromItself reports whether the server seems to be a Dovecot that was asked from its own address.
func askedFromItself(e *evidence.Endpoint) bool {
	return e.Source != "" && e.Source == e.Target.Address && strings.Contains(e.Facts.Greeting.Value, "Dovecot")
}

// insists judges by whether a command was taken in the clear.
func insists(s *Subject, rule policy.Rule, f evidence.Fact[evidence.Taken], yes, no string) Finding {
	said := fmt.Sprintf(": %.80q", f.Value.Reply)
	if f.Value.Accepted {
		return bad(s, rule, yes+said).seen(nil, f.From)
	}
	return good(no+said).seen(nil, f.From)
}
