package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// DomainSubject is a mail domain, with what was scanned of it.
type DomainSubject struct {
	Domain    *evidence.Domain
	Endpoints []*evidence.Endpoint
	Only      []string // ids of the checks that the scan was about; none: all
	Skip      []string // ids of checks that it left out
}

// Domains returns the checks about domains: what the DNS promises, and whether the servers keep it.
func Domains() []Check {
	return slices.Concat(domainSTSChecks())
}

// RunDomain judges s by p with every check of [Domains], in that order, but for those that are left out.
func RunDomain(s *DomainSubject, p *policy.Policy) []Finding {
	findings := []Finding{}
	for _, c := range Domains() {
		if Selected(c.ID, s.Only, s.Skip) {
			findings = append(findings, c.runDomain(s, p))
		}
	}
	return findings
}

// runDomain judges s. As with [Check.Run], what was not learned passes nothing.
func (c *Check) runDomain(s *DomainSubject, p *policy.Policy) Finding {
	f, decided := c.withoutDomain(s.Domain)
	if !decided {
		f = c.EvalDomain(s, p)
		if why, open := c.openDomain(s.Domain); open && f.Level < Warn {
			f = undecided(why)
		}
	}
	f.Check = c.ID
	f.Aside = f.Level == Undecided && p.Weightless(c.ID, policy.Relay)
	return f
}

// withoutDomain returns the finding where a fact that c reads has no answer.
func (c *Check) withoutDomain(d *evidence.Domain) (Finding, bool) {
	for _, k := range c.Reads {
		switch state, why := k.Condition(d); state {
		case evidence.Inapplicable:
			return notApplicable(why), true
		case evidence.Unknown:
			return undecided(why), true
		case evidence.NotSought:
			return undecided("this scan did not ask for it (" + k.Name + ")"), true
		}
	}
	return Finding{}, false
}

// openDomain returns why a fact that c reads is not fully known.
func (c *Check) openDomain(d *evidence.Domain) (why string, open bool) {
	for _, k := range c.Reads {
		if state, w := k.Condition(d); state == evidence.Partial {
			return w, true
		}
	}
	return "", false
}

// amiss returns the finding of something about a domain that the policy's rule is about.
func amiss(rule policy.Rule, message string) Finding {
	r := rule.For(policy.Relay)
	level := levelOf(r.Severity)
	return Finding{Level: level, Note: level == Pass, Message: message, Why: r.Why, Clause: rule.Clause, Cap: r.Cap}
}
