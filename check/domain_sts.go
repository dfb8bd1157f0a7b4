package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainSTSChecks() []Check {
	return []Check{{
		ID:    "mta-sts-policy-unreachable",
		Title: "The MTA-STS policy cannot be used",
		Text: `A record says that there is a policy of MTA-STS, but senders that fetch it get none: those that have kept an older one go on by it
until it runs out, the others deliver as if there were none. The policy has to be at https://mta-sts.DOMAIN/.well-known/mta-sts.txt,
under a certificate that holds for that name, without a redirect, as text/plain.`,
		Refs:  []string{"RFC 8461, Section 3.3"},
		Scope: Domain,
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if fault := s.Domain.Policy.Value.Fault; fault != "" {
				return amiss(p.Check("mta-sts-policy-unreachable"), "senders cannot use the policy: "+fault)
			}
			return good("senders can fetch the policy")
		},
	}}
}
