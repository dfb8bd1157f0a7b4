package check

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainSTSExchangerChecks() []Check {
	return takingMail(stsNotNamed(), stsCertificate())
}

func stsNotNamed() Check {
	return Check{
		ID:    "mta-sts-mx-mismatch",
		Title: "The MTA-STS policy leaves an exchanger out",
		Text: `Senders that heed MTA-STS deliver only to exchangers that a line "mx:" of the policy names, be it as *.example.org, where the star
stands for one label. What the MX records name besides is not used: if no other exchanger takes the mail, it comes back to its sender after days. Add the
exchanger to the policy, wait until the old policy has run out or give the record a new id, and only then add it to the DNS.`,
		Refs:  []string{"RFC 8461, Sections 3.2, 4.1 and 5"},
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy, evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			return byPolicy(s, func() Finding {
				list := hostPlaces(s.Domain, func(host string, _ *evidence.MailHost) (evidence.Answer, string, bool) {
					if namedBy(s.Domain.Policy.Value.MX, host) {
						return evidence.No, "", true
					}
					return evidence.Yes, "", true
				})
				return list.finding(p.Check("mta-sts-mx-mismatch"), policy.Relay, "the policy does not name", "the policy names every exchanger", "the domain has no exchanger")
			})
		},
	}
}

func stsCertificate() Check {
	return Check{
		ID:    "mta-sts-cert",
		Title: "An exchanger has no certificate that MTA-STS takes",
		Text: `Senders that heed MTA-STS want STARTTLS, and a certificate that a public authority signed, that is valid, and that is made out to the
exchanger as the MX record names it. To one that shows another they do not deliver. Renew or replace the certificate; if the name is another, have it made out to
the name in the MX record. The checks of certificates on this exchanger say what is wrong with it.`,
		Refs:  []string{"RFC 8461, Section 4.2"},
		Cause: []string{"cert-expired", "cert-untrusted", "cert-hostname", "chain-incomplete", "starttls-missing", "starttls-broken"},
		Needs: []evidence.Need{{Key: evidence.KeySTARTTLS}, {Key: evidence.KeyCertificates}},
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy, evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			return byPolicy(s, func() Finding {
				list := hopPlaces(s.Domain, func(h evidence.Hop) (evidence.Answer, string, bool) {
					switch {
					case h.STS.Cause == evidence.Untrusted, h.STS.Cause == evidence.NoSTARTTLS:
						return evidence.Yes, strings.TrimPrefix(h.STS.Why, "would be refused if the policy were enforced: "), true
					case h.STS.Outcome == evidence.Authenticated:
						return evidence.No, "", true
					case h.STS.Outcome == evidence.Undecided:
						return evidence.Unsure, h.STS.Why, true
					}
					return 0, "", false // its fault is another
				})
				return list.finding(p.Check("mta-sts-cert"), policy.Relay, "senders that heed MTA-STS do not take what is shown at", "every exchanger that the policy names shows a certificate that holds",
					"no exchanger is both named and reachable")
			})
		},
	}
}

// byPolicy judges exchangers by the policy if senders go by it. Where it is not enforced yet what is amiss is milder.
func byPolicy(s *DomainSubject, judge func() Finding) Finding {
	if f, ok := usablePolicy(s.Domain); !ok {
		return f
	}
	switch s.Domain.Policy.Value.Mode {
	case "none":
		return notApplicable("the policy asks for nothing (mode none)")
	case "testing":
		if f := judge(); f.Level >= Warn {
			return f.milder("The policy is in testing: senders deliver all the same, and report it. Enforced, it would keep the mail away.")
		}
	}
	return judge()
}

// namedBy reports whether a policy names host; a star stands for one label (RFC 8461, Section 4.1).
func namedBy(patterns []string, host string) bool {
	host = canonical(host)
	_, tail, more := strings.Cut(host, ".")
	for _, mx := range patterns {
		if rest, wild := strings.CutPrefix(canonical(mx), "*."); wild && more && rest == tail || canonical(mx) == host {
			return true
		}
	}
	return false
}
