package check

import (
	"slices"
	"sync"

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

// Domains returns the checks about domains, in the order of reports: what the DNS promises, and whether the servers keep it.
func Domains() []Check { return slices.Clone(domainTable()) }

var domainTable = sync.OnceValue(func() []Check {
	list := slices.Concat(
		exchangeOfDomainChecks(),
		exchangerChecks(),
		domainDNSSECChecks(),
		domainDANEChecks(),
		domainTLSAChecks(),
		domainRolloverChecks(),
		domainSTSChecks(),
		domainSTSExchangerChecks(),
		domainReportsChecks(),
		domainServiceChecks(),
	)
	for i := range list {
		list[i].Scope = Domain
	}
	return list
})

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
	f.Aside = f.Level == Undecided && p.Weightless(c.ID, policy.Relay) && p.Weightless(c.ID, policy.Access)
	return f
}

// withoutDomain returns the finding where a fact that c reads has no answer.
func (c *Check) withoutDomain(d *evidence.Domain) (Finding, bool) {
	for _, k := range c.Reads {
		switch state, why := k.Condition(d); {
		case state == evidence.Inapplicable && !c.Absence:
			return notApplicable(why), true
		case state == evidence.Unknown:
			return undecided(why), true
		case state == evidence.NotSought:
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

// amiss returns the finding of something about a domain, or about how it takes mail, that the policy's rule is about.
func amiss(rule policy.Rule, message string) Finding { return amissFor(rule, policy.Relay, message) }

// amissFor is amiss for how the domain takes mail, or for what its users need.
func amissFor(rule policy.Rule, role policy.Role, message string) Finding {
	r := rule.For(role)
	level := LevelOf(r.Severity)
	return Finding{Level: level, Note: level == Pass, Message: message, Why: r.Why, Clause: rule.Clause, Cap: r.Cap}
}

// milder returns f one step down, without a bound for the grade. why says what makes it milder here.
func (f Finding) milder(why string) Finding {
	switch f.Level {
	case Fail:
		f.Level = Warn
	case Warn:
		f.Level, f.Note = Pass, true
	}
	f.Cap, f.Why = "", why
	return f
}

// takingMail returns checks of how a domain takes mail: to one that takes none they do not apply, and of one that may take none
// they know nothing.
func takingMail(list ...Check) []Check {
	for i, c := range list {
		list[i].EvalDomain = func(s *DomainSubject, p *policy.Policy) Finding {
			if why := mayTakeNone(s.Domain); why != "" {
				return undecided(why)
			}
			if why := takesNone(s.Domain); why != "" {
				return notApplicable(why)
			}
			return c.EvalDomain(s, p)
		}
	}
	return list
}

// takesNone tells why a domain takes no mail, "" if it does or that is not known.
func takesNone(d *evidence.Domain) string {
	if d.Exchange.State == evidence.Known && d.Exchange.Value.DNSSEC.Status != "bogus" {
		switch d.Exchange.Value.Kind {
		case evidence.NullMX:
			return "the domain says that it takes no mail"
		case evidence.NoMail:
			return "nothing takes mail for the domain"
		}
	}
	return ""
}

// mayTakeNone tells why it is not known whether a domain takes mail where an answer says that it takes none, and DNSSEC that the
// answer does not count; "" for others.
func mayTakeNone(d *evidence.Domain) string {
	x := d.Exchange.Value
	if x.DNSSEC.Status != "bogus" || x.Kind != evidence.NullMX && x.Kind != evidence.NoMail {
		return ""
	}
	return "whether the domain takes mail is not known: DNSSEC does not validate (" + x.DNSSEC.Why + ")"
}
