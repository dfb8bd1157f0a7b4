package check

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainReportsChecks() []Check {
	return takingMail(Check{
		ID:    "tlsrpt-missing",
		Title: "Nobody is told when senders cannot deliver safely",
		Text: `With a record of TLSRPT big senders report each day how many of their connections were encrypted and checked, and what failed. Where
MTA-STS or DANE keeps mail back, it is the only way to learn of it before users do. Publish at _smtp._tls.DOMAIN: "v=TLSRPTv1; rua=mailto:tlsrpt@DOMAIN".`,
		Refs:    []string{"RFC 8460, Section 3"},
		Reads:   []evidence.DomainKey{evidence.KeyReports, evidence.KeySTS},
		Absence: true,
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if s.Domain.Reports.State != evidence.Inapplicable {
				return good("there is a record that asks for reports")
			}
			f := amiss(p.Check("tlsrpt-missing"), "there is no TXT record at _smtp._tls."+s.Domain.Name)
			if s.Domain.STS.State == evidence.Inapplicable && !anyTLSA(s.Domain) {
				return f.milder("There is neither MTA-STS nor DANE, so that little would be reported.")
			}
			return f
		},
	}, Check{
		ID:    "tlsrpt-invalid",
		Title: "The record that asks for reports does not count",
		Text: `The TXT record at _smtp._tls.DOMAIN is malformed, there are two of them, or it names no address, so that no sender reports. It reads:
"v=TLSRPTv1; rua=mailto:tlsrpt@example.org"; several addresses, mailto: or https:, are separated by commas.`,
		Refs:  []string{"RFC 8460, Section 3"},
		Reads: []evidence.DomainKey{evidence.KeyReports},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if fault := s.Domain.Reports.Value.Fault; fault != "" {
				return amiss(p.Check("tlsrpt-invalid"), "senders will not report: "+fault)
			}
			return good("reports go to " + strings.Join(s.Domain.Reports.Value.RUA, ", "))
		},
	})
}

func anyTLSA(d *evidence.Domain) bool {
	for _, host := range exchangers(d) {
		if h := d.Hosts[host]; h != nil && len(h.TLSA[25].Value.Records) > 0 {
			return true
		}
	}
	return false
}
