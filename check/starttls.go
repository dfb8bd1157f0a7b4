package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func starttlsChecks() []Check {
	return []Check{
		upgrade("starttls-missing", "Encryption is not offered (no STARTTLS)",
			"All mail and all passwords cross the network in the clear. Set up a certificate and turn TLS on.",
			func(s evidence.STARTTLS) bool { return !s.Offered && !s.Masked }, false,
			"does not offer STARTTLS", "offers STARTTLS",
			"RFC 3207, Section 4", "RFC 8314, Section 4.1"),
		upgrade("starttls-stripped", "STARTTLS is overwritten on the way",
			"A device between here and the server replaces STARTTLS by other letters, so that nobody encrypts. Often it is "+
				"a firewall's \"SMTP inspection\" (Cisco: no inspect esmtp); it may also be an attack.",
			func(s evidence.STARTTLS) bool { return s.Masked }, true,
			"the capabilities show STARTTLS overwritten", "STARTTLS is not overwritten on the way",
			"RFC 9325, Section 3.2", "RFC 7672, Section 1.3"),
		upgrade("starttls-broken", "STARTTLS is offered but does not work",
			"Senders that insist on encryption cannot deliver, the others send in the clear. Look in the server's log: "+
				"most often the certificate or key cannot be read.",
			func(s evidence.STARTTLS) bool { return s.Offered && !s.Works }, false,
			"offers STARTTLS, but no TLS session comes of it", "STARTTLS works where it is offered",
			"RFC 3207, Section 4"),
	}
}

// upgrade is a check on the STARTTLS fact: broken selects what is wrong. That something is missing can be told only from a
// fact that is fully known; shown says that broken asks for what was seen instead.
func upgrade(id, title, text string, broken func(evidence.STARTTLS) bool, shown bool, yes, no string, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs: []evidence.Need{{Key: evidence.KeySTARTTLS}},
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.STARTTLS
			if broken(f.Value) && !shown && f.State == evidence.Partial {
				return undecided(f.Why)
			}
			if broken(f.Value) {
				return bad(s, p.Check(id), yes).seen(nil, f.From)
			}
			return good(no).seen(nil, f.From)
		},
	}
}
