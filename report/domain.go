package report

import (
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Domain is the evidence about a mail domain, and how it was judged with its endpoints, which are among the report's.
type Domain struct {
	Verdict Verdict      `json:"verdict"` // the worst of Findings and Roles
	Roles   []RoleResult `json:"roles"`
	Judged  Judged       `json:"judged"`
	*evidence.Domain
	Findings []check.Finding `json:"findings"` // about the DNS and what it promises, one per check, in the order of check.Domains
}

// RoleResult is how the endpoints of a domain do that serve one purpose: the worst of them.
type RoleResult struct {
	Purpose  Purpose      `json:"purpose"`
	Verdict  Verdict      `json:"verdict"`
	Grade    policy.Grade `json:"grade,omitempty"` // empty if none is known
	AtBest   policy.Grade `json:"at_best,omitempty"`
	Endpoint string       `json:"endpoint,omitempty"` // the worst one, as "host:port address"
}

// Purpose is what an endpoint is for.
type Purpose string

// The purposes.
const (
	Incoming   Purpose = "incoming"   // takes mail from other servers
	Submission Purpose = "submission" // takes mail from users
	Access     Purpose = "access"     // lets users read and sort their mail
)

// purposeOf returns what an endpoint is for.
func purposeOf(t evidence.Target) Purpose {
	switch t.Protocol {
	case "smtp", "lmtp":
		return Incoming
	case "submission", "submissions":
		return Submission
	}
	return Access
}

// judgeDomain judges d by p beside the endpoints of r that are its own.
func judgeDomain(d *evidence.Domain, r *Report, p *policy.Policy) Domain {
	own := r.endpointsOf(d)
	s := &check.DomainSubject{Domain: d, Only: r.Run.Only, Skip: r.Run.Skip}
	for _, e := range own {
		s.Endpoints = append(s.Endpoints, e.Endpoint)
	}
	out := Domain{Judged: Judged{Policy: p.Name, Version: p.Version, SHA256: p.SHA256, Role: policy.Relay}, Domain: d, Findings: check.RunDomain(s, p)}
	for _, purpose := range []Purpose{Incoming, Submission, Access} {
		if result, ok := worstOf(purpose, own); ok {
			out.Roles = append(out.Roles, result)
		}
	}
	out.Verdict = domainVerdict(out)
	return out
}

// endpointsOf returns the endpoints of r that are a domain's, in the order of the report.
func (r *Report) endpointsOf(d *evidence.Domain) []Endpoint {
	var out []Endpoint
	for _, e := range r.Endpoints {
		if serves(d, e.Target) {
			out = append(out, e)
		}
	}
	return out
}

// serves reports whether a target is one of a domain's.
func serves(d *evidence.Domain, t evidence.Target) bool {
	if t.Protocol == "smtp" && t.Port == 25 {
		for _, x := range d.Exchange.Value.List {
			if x.Host == t.Host {
				return true
			}
		}
	}
	for _, s := range d.Services.Value {
		if s.Protocol == t.Protocol && s.Host == t.Host && s.Port == t.Port {
			return true
		}
	}
	return false
}

func worstOf(purpose Purpose, own []Endpoint) (RoleResult, bool) {
	out, found := RoleResult{Purpose: purpose}, false
	for _, e := range own {
		better := !worse(e.Verdict, out.Verdict) && (e.Verdict != out.Verdict || !e.Grade.WorseThan(out.Grade))
		if purposeOf(e.Target) != purpose || found && better {
			continue
		}
		found = true
		out.Verdict, out.Grade, out.AtBest, out.Endpoint = e.Verdict, e.Grade, e.AtBest, name(e.Target)+" "+e.Target.Address
	}
	return out, found
}

// severities are the verdicts from the mildest.
var severities = map[Verdict]int{Pass: 0, Incomplete: 1, Warn: 2, Fail: 3}

func worse(a, b Verdict) bool { return severities[a] > severities[b] }

func domainVerdict(d Domain) Verdict {
	v := verdictOf(d.Findings)
	if v == Incomplete && !slices.ContainsFunc(d.Findings, func(f check.Finding) bool { return f.Level == check.Undecided && !f.Aside }) &&
		(len(d.Roles) > 0 || d.Exchange.Value.Kind == evidence.NullMX) {
		v = Pass // nothing about it has a meaning here, or all is well
	}
	for _, r := range d.Roles {
		if worse(r.Verdict, v) {
			v = r.Verdict
		}
	}
	return v
}
