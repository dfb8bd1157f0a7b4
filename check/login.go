package check

import (
	"regexp"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// loginChecks are on which logins a server offers, and where.
func loginChecks() []Check {
	return []Check{
		{
			ID:    "plaintext-auth",
			Title: "Passwords are asked for without encryption",
			Text: "A mail program that is set up without TLS, or is talked out of it by whoever sits on the wire, sends its password " +
				"for all to read, and nothing warns it. Offer logins inside TLS only. (Dovecot offers them to its own machine whatever " +
				"is set: scan it from another.)",
			Refs:  []string{"RFC 8314, Section 4.1", "RFC 4954, Section 4", "RFC 9051, Section 6.2.3", "RFC 2595, Section 2.1"},
			Cause: []string{"auth-before-tls"},
			Needs: []evidence.Need{{Key: evidence.KeyCapabilities}},
			Also:  []*evidence.Key{evidence.KeyGreeting},
			Eval: func(s *Subject, p *policy.Policy) Finding {
				ways := readableLogins(s.Endpoint)
				return loginBefore(s, bad(s, p.Check("plaintext-auth"), "offers to take passwords before TLS: "+and(ways)), ways,
					"offers no login before TLS in which a password can be read")
			},
		},
		{
			ID:    "cram-md5-before-tls",
			Title: "Weak proofs of the password are asked for without encryption",
			Text: "CRAM-MD5, DIGEST-MD5, NTLM and APOP do not send the password, but what they send is enough to find a common one by " +
				"trying, at leisure and unseen. Some also want the server to keep passwords in a form that it can read. Offer logins " +
				"inside TLS only, where these have no advantage left.",
			Refs:  []string{"RFC 6331", "RFC 8314, Section 4.1", "RFC 1939, Section 13"},
			Needs: []evidence.Need{{Key: evidence.KeyCapabilities}},
			Also:  []*evidence.Key{evidence.KeyGreeting},
			Eval: func(s *Subject, p *policy.Policy) Finding {
				ways := guessableLogins(s.Endpoint)
				return loginBefore(s, bad(s, p.Check("cram-md5-before-tls"), "offers to take them before TLS: "+and(ways)), ways,
					"offers no login before TLS that lets passwords be guessed")
			},
		},
		{
			ID:    "auth-on-25",
			Title: "Users can log in on the port that is for other servers",
			Text: "Port 25 is open to the whole world, so that is where passwords are tried. Users have ports of their own, 465 and 587, " +
				"with rules of their own. Turn logins off on port 25, unless some of your users still send through it.",
			Refs:  []string{"RFC 6409, Section 3.1", "RFC 8314, Section 3.3"},
			Needs: []evidence.Need{{Key: evidence.KeyCapabilities}},
			Also:  []*evidence.Key{evidence.KeyCapabilitiesTLS},
			Extra: true, Elsewhere: notFromServers,
			Eval: evalAuthOn25,
		},
	}
}

// loginBefore is found if there are ways to log in before TLS, unless the server may offer them to its own machine alone.
func loginBefore(s *Subject, found Finding, ways []string, none string) Finding {
	f := s.Endpoint.Facts.Capabilities
	switch {
	case len(ways) > 0 && askedFromItself(s.Endpoint):
		return undecided("asked from the server's own address, which Dovecot takes for safe: scan it from another machine")
	case len(ways) > 0:
		return found.seen(ways, f.From)
	case f.Value.Masked:
		return undecided("a capability is overwritten on the way")
	}
	return good(none).seen(nil, f.From)
}

// readableLogins returns the ways to log in before TLS that show the password, or a token that is as good as one. Where
// IMAP does not say LOGINDISABLED, its command LOGIN is open (RFC 9051, Section 6.2.3).
func readableLogins(e *evidence.Endpoint) []string {
	c := e.Facts.Capabilities.Value
	ways := mechanisms(c, "PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")
	switch {
	case e.Target.Protocol == "imap" && !c.LoginDisabled && !c.Masked:
		ways = append(ways, "the command LOGIN")
	case e.Target.Protocol == "pop3" && slices.Contains(c.Names, "USER"):
		ways = append(ways, "the command USER")
	}
	return ways
}

// guessableLogins returns the ways to log in before TLS that let whoever reads along try passwords. A POP3 server announces
// APOP by a timestamp in its greeting (RFC 1939, Section 7).
func guessableLogins(e *evidence.Endpoint) []string {
	ways := mechanisms(e.Facts.Capabilities.Value, "CRAM-MD5", "DIGEST-MD5", "NTLM")
	if e.Target.Protocol == "pop3" && apopTimestamp.MatchString(e.Facts.Greeting.Value) {
		ways = append(ways, "the command APOP")
	}
	return ways
}

var apopTimestamp = regexp.MustCompile(`<[^<>@\s]+@[^<>@\s]+>`)

// mechanisms returns those of names that the server offers as SASL mechanisms.
func mechanisms(c evidence.Capabilities, names ...string) []string {
	var out []string
	for _, n := range names {
		if slices.Contains(c.AuthMechanisms, n) {
			out = append(out, "AUTH "+n)
		}
	}
	return out
}

// evalAuthOn25 asks for AUTH before TLS, and inside it as far as there is any.
func evalAuthOn25(s *Subject, p *policy.Policy) Finding {
	before, inside := s.Endpoint.Facts.Capabilities, s.Endpoint.Facts.CapabilitiesTLS
	rule := p.Check("auth-on-25")
	switch {
	case offersAuth(inside.Value):
		return bad(s, rule, "offers AUTH inside TLS").seen(inside.Value.AuthMechanisms, inside.From)
	case offersAuth(before.Value):
		return bad(s, rule, "offers AUTH before TLS").seen(before.Value.AuthMechanisms, before.From)
	case inside.State == evidence.NotSought:
		return undecided(notSought(evidence.KeyCapabilitiesTLS))
	case inside.State == evidence.Unknown:
		return undecided(inside.Why)
	}
	return good("offers no login").seen(nil, before.From)
}

// notFromServers tells why other servers do not come here: it is not port 25, in all but perhaps number. LMTP does not face
// the world.
func notFromServers(s *Subject) string {
	if s.Role == policy.Relay && s.Endpoint.Target.Protocol == "smtp" {
		return ""
	}
	return "this is no port for mail from other servers"
}

func offersAuth(c evidence.Capabilities) bool {
	return len(c.AuthMechanisms) > 0 || slices.Contains(c.Names, "AUTH")
}
