package report

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

// held adds to a domain that is scanned what comes of holding the records of its exchangers against all that they show.
func held(s domainScan) domainScan {
	for i := range s.domain.Hops {
		h := &s.domain.Hops[i]
		if len(h.DANE.Records) == 0 {
			continue
		}
		if h.DANE.Outcome == evidence.Refused {
			h.DANE.Cause = evidence.NoRecordFits
		}
		if h.STS.Outcome == evidence.Refused {
			h.STS.Cause = evidence.NotNamed
		}
		s.domain.Held = append(s.domain.Held, evidence.Held{Protocol: "smtp", Host: h.Host, Port: 25, Address: h.Address, Outcome: h.DANE.Outcome, Cause: h.DANE.Cause,
			Why: h.DANE.Why, Chains: []evidence.HeldChain{{Certificate: "leaf", Records: slices.Clone(h.DANE.Records)}}})
	}
	s.domain.Guides = []evidence.Guide{{Source: evidence.ByAutoconfig, URL: "https://autoconfig.example.org/mail/config-v1.1.xml", Services: 3},
		{Source: evidence.ByAutodiscover, URL: "https://autodiscover.example.org/autodiscover/autodiscover.xml", Fault: "no such host"}}
	return s
}
