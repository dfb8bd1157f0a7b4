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
	Roles     []RoleResult `json:"roles"`                       // never nil

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
	if v == Incomplete && d.decided() && (len(d.Roles) > 0 || d.Exchange.Value.Kind == evidence.NullMX) {
		v = Pass
	}
	for _, r := range d.Roles {
		if worse(r.Verdict, v) {
			v = r.Verdict
		}
	}
	return v
}

// decided reports whether it is known where the mail of the domain goes to, there is anything to judge, and no finding about it
// that has weight is open. That all of them do not apply is an answer, too, as of a domain that takes no mail; but one that has
// neither exchangers nor services may be a slip of the pen.
func (d Domain) decided() bool {
	nothing := d.Exchange.Value.Kind == evidence.NoMail && len(d.Roles) == 0
	return d.Exchange.State == evidence.Known && !nothing && !open(d.Findings)
}
