package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainServiceChecks() []Check {
	return append(takingMail(srvMissing()), autoconfigInsecure(), caaMissing())
}

// published reports whether a record, or a program's settings, name a service of one of the protocols.
func published(d *evidence.Domain, from evidence.Source, protocols ...string) bool {
	return slices.ContainsFunc(d.Services.Value, func(s evidence.MailService) bool {
		return (s.Source == from || slices.Contains(s.Also, from)) && slices.Contains(protocols, s.Protocol)
	})
}

func srvMissing() Check {
	return Check{
		ID:    "srv-missing",
		Title: "No SRV record leads mail programs to the ports with TLS",
		Text: `SRV records at _imaps._tcp and _submissions._tcp tell mail programs which hosts and ports to use, with TLS from the first byte. Without
them programs guess, or users type. A service that there is not is denied by a record with the target ".".`,
		Refs:  []string{"RFC 6186, Section 3", "RFC 8314, Section 5.1"},
		Reads: []evidence.DomainKey{evidence.KeyServices},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			var missing []string
			for _, protocol := range []string{"imaps", "submissions"} {
				if !published(s.Domain, evidence.BySRV, protocol) {
					missing = append(missing, "_"+protocol+"._tcp."+s.Domain.Name)
				}
			}
			if len(missing) > 0 {
				return amiss(p.Check("srv-missing"), "there is no SRV record at "+and(missing))
			}
			return good("SRV records name the ports with TLS")
		},
	}
}

func autoconfigInsecure() Check {
	return Check{
		ID:    "autoconfig-insecure",
		Title: "Mail programs are set up without TLS from the first byte",
		Text: `What the domain tells mail programs (Thunderbird's autoconfig, Microsoft's Autodiscover) names, for some purpose, only ports on which TLS
begins with a command in the clear. There whoever sits on the way can keep a careless program from encrypting, and it sends the password. Name the ports 993, 995 and 465
instead, or before the others.`,
		Refs:  []string{"RFC 8314, Section 3", "BSI TR-03108-1"},
		Reads: []evidence.DomainKey{evidence.KeyServices},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			some, worst := false, []string(nil)
			for _, from := range []evidence.Source{evidence.ByAutoconfig, evidence.ByAutodiscover} {
				for _, pair := range [][2]string{{"imap", "imaps"}, {"pop3", "pop3s"}, {"submission", "submissions"}} {
					clear, safe := published(s.Domain, from, pair[0]), published(s.Domain, from, pair[1])
					if some = some || clear || safe; clear && !safe {
						worst = addOnce(worst, pair[0]+" ("+string(from)+")")
					}
				}
			}
			for _, x := range s.Domain.Services.Value {
				if x.Socket == evidence.SocketPlain {
					some, worst = true, addOnce(worst, x.Protocol+" without TLS at all")
				}
			}
			switch {
			case !some:
				return notApplicable("the domain publishes no settings for mail programs")
			case len(worst) > 0:
				return amissFor(p.Check("autoconfig-insecure"), policy.Access, "mail programs are led to ports that begin in the clear: "+and(worst))
			}
			return good("the settings name ports with TLS from the first byte")
		},
	}
}

func caaMissing() Check {
	return Check{
		ID:    "caa-missing",
		Title: "Any authority may issue certificates for the domain",
		Text: `CAA records say which authorities may issue certificates for a domain and all below it. Without any, each of a hundred may, and the one
that is easiest to deceive decides. Publish at the domain: CAA 0 issue "letsencrypt.org", or whoever yours is.`,
		Refs:  []string{"RFC 8659, Section 3"},
		Reads: []evidence.DomainKey{evidence.KeyCAA},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if v := s.Domain.CAA.Value; len(v.Records) > 0 {
				return good("there are CAA records at " + v.Name)
			}
			return amiss(p.Check("caa-missing"), "there is no CAA record at "+s.Domain.Name+", nor above it")
		},
	}
}
