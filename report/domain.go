package report

import (
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Domain is the evidence about a mail domain, and how it was judged with its endpoints, which are among the report's.
type Domain struct {
	Verdict   Verdict      `json:"verdict"`                     // the worst of Findings and Roles
	Remaining *Verdict     `json:"remaining_verdict,omitempty"` // on what is not accepted, if anything is
	Grade     policy.Grade `json:"grade,omitempty"`             // the worst of its endpoints, and of Caps; empty if too much is not known to give one
	AtBest    policy.Grade `json:"at_best,omitempty"`           // the bound that is known where no grade is given
	Caps      []Cap        `json:"caps,omitempty"`              // of Findings, worst first
	Roles     []RoleResult `json:"roles"`                       // never nil

	Confidence *Confidence `json:"confidence,omitempty"` // nil where nothing takes mail for it, or that is not known

	Judged Judged    `json:"judged"`
	Others []Opinion `json:"other_policies,omitempty"`  // what other policies say of the DNS, if anything; they have no part in the verdict
	SHA256 string    `json:"evidence_sha256,omitempty"` // see [DomainSHA256]
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

// judgeDomain judges d by p and others, beside the endpoints of r that are its own, as of the time at; the zero time is that of
// the look-up.
func judgeDomain(d *evidence.Domain, r *Report, p *policy.Policy, others []*policy.Policy, at time.Time) Domain {
	own := r.endpointsOf(d)
	s := &check.DomainSubject{Domain: d, Only: r.Run.Only, Skip: r.Run.Skip}
	for _, e := range own {
		s.Endpoints = append(s.Endpoints, e.Endpoint)
	}
	out := Domain{Roles: []RoleResult{}, SHA256: DomainSHA256(d), Domain: d,
		Judged: Judged{Policy: p.Name, Version: p.Version, SHA256: p.SHA256, Role: policy.Relay}}
	if !at.IsZero() && !at.Equal(d.At) {
		s, out.Judged.At = domainAt(s, at), at.UTC()
	}
	out.Findings = check.RunDomain(s, p)
	for _, other := range others {
		if o, ok := domainOpinion(s, other); ok {
			out.Others = append(out.Others, o)
		}
	}
	for _, purpose := range []Purpose{Incoming, Submission, Access} {
		if result, ok := worstOf(purpose, own); ok {
			out.Roles = append(out.Roles, result)
		}
	}
	out.Verdict = domainVerdict(out)
	out.Grade, out.AtBest, out.Caps = domainGrade(out, own)
	out.Confidence = confidenceOf(s.Domain, s.Endpoints)
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
