package report

import (
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// domainOpinion is what the rows of p say of a domain that hold at its time; there is none if none of them is about domains. What
// they say of its endpoints stands there.
func domainOpinion(s *check.DomainSubject, p *policy.Policy) (Opinion, bool) {
	now := p.At(s.Domain.At)
	one := *s
	one.Only, one.Skip = nil, nil
	for _, c := range check.Domains() {
		about := func(r policy.CheckRule) bool { return r.Check == c.ID && r.For(policy.Relay).Severity > policy.OK }
		if check.Selected(c.ID, s.Only, s.Skip) && slices.ContainsFunc(now.Checks, about) {
			one.Only = append(one.Only, c.ID)
		}
	}
	if one.Only == nil {
		return Opinion{}, false
	}
	findings := check.RunDomain(&one, now)
	v := verdictOf(findings)
	if v == Incomplete && !open(findings) {
		v = Pass
	}
	return Opinion{Policy: p.Name, Version: p.Version, SHA256: p.SHA256, Omits: len(p.Omits), Verdict: v, Findings: findings}, true
}

// open reports whether a finding that has weight is open.
func open(findings []check.Finding) bool {
	return slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Level == check.Undecided && !f.Aside })
}
