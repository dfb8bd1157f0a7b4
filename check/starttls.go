package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func starttlsChecks() []Check {
	return []Check{
		upgrade("starttls-missing", "Encryption is not offered (no STARTTLS)",
			"All mail and all passwords cross the network in the clear. Set up a certificate and turn TLS on.",
			upgradeTest{
				applies: func(s evidence.STARTTLS) bool { return !s.Masked },
				wrong:   func(s evidence.STARTTLS) bool { return !s.Offered },
				yes:     "does not offer STARTTLS", no: "offers STARTTLS",
			},
			"RFC 3207, Section 4", "RFC 8314, Section 4.1"),
		upgrade("starttls-stripped", "STARTTLS is overwritten on the way",
			"A device between here and the server replaces STARTTLS by other letters, so that nobody encrypts. Often it is "+
				"a firewall's \"SMTP inspection\" (Cisco: no inspect esmtp); it may also be an attack.",
			upgradeTest{
				applies: func(s evidence.STARTTLS) bool { return s.Offered || s.Masked },
				wrong:   func(s evidence.STARTTLS) bool { return s.Masked }, shown: true,
				yes: "the capabilities show STARTTLS overwritten", no: "STARTTLS is not overwritten on the way",
			},
			"RFC 9325, Section 3.2", "RFC 7672, Section 1.3"),
		upgrade("starttls-broken", "STARTTLS is offered but does not work",
			"Senders that insist on encryption cannot deliver, the others send in the clear. Look in the server's log: "+
				"most often the certificate or key cannot be read.",
			upgradeTest{
				applies: func(s evidence.STARTTLS) bool { return s.Offered },
				wrong:   func(s evidence.STARTTLS) bool { return !s.Works },
				yes:     "offers STARTTLS, but no TLS session comes of it", no: "STARTTLS works",
			},
			"RFC 3207, Section 4"),
	}
}

// upgradeTest is what a check asks of the STARTTLS fact.
type upgradeTest struct {
	applies func(evidence.STARTTLS) bool // whether there is something to judge
	wrong   func(evidence.STARTTLS) bool
	shown   bool // wrong asks for what was seen; that something is missing can be told only from a fact that is fully known
	yes, no string
}

func upgrade(id, title, text string, test upgradeTest, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs: []evidence.Need{{Key: evidence.KeySTARTTLS}},
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.STARTTLS
			switch {
			case !test.applies(f.Value) && f.Value.Masked:
				return notApplicable("STARTTLS is overwritten on the way")
			case !test.applies(f.Value):
				return notApplicable("STARTTLS is not offered")
			case !test.wrong(f.Value):
				return good(test.no).seen(nil, f.From)
			case !test.shown && f.State == evidence.Partial:
				return undecided(f.Why)
			}
			return bad(s, p.Check(id), test.yes).seen(nil, f.From)
		},
	}
}
