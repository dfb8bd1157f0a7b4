package report

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Report is evidence with its judgement. Its JSON form is described by [Schema].
type Report struct {
	Schema    string        `json:"schema"` // evidence.Schema
	Tool      evidence.Tool `json:"tool"`
	Run       evidence.Run  `json:"run"`
	Domains   []Domain      `json:"domains"`
	Notes     []Note        `json:"notes"`
	Endpoints []Endpoint    `json:"endpoints"`
}

// Endpoint is the evidence about one address and port, and how it was judged.
type Endpoint struct {
	Verdict Verdict      `json:"verdict"`
	Grade   policy.Grade `json:"grade"`             // empty if too much is not known to give one
	AtBest  policy.Grade `json:"at_best,omitempty"` // the bound that is known where no grade is given
	Caps    []Cap        `json:"caps,omitempty"`    // why the grade is not better, worst first

	Remaining *Verdict `json:"remaining_verdict,omitempty"` // on what is not accepted, if anything is

	LeftOut  []string `json:"left_out,omitempty"`  // checks that the run was not to be about
	NotTried []string `json:"not_tried,omitempty"` // checks on attacks that it did not try

	Judged Judged    `json:"judged"`
	Others []Opinion `json:"other_policies,omitempty"`  // what other policies say; they have no part in verdict and grade
	SHA256 string    `json:"evidence_sha256,omitempty"` // see [EvidenceSHA256]
	*evidence.Endpoint
	Findings []check.Finding `json:"findings"` // one per check, in the order of check.All
}

// Judged names the policy that an endpoint was judged by, and the role it was seen in.
type Judged struct {
	Policy  string      `json:"policy"`
	Version string      `json:"version"`
	SHA256  string      `json:"sha256,omitempty"` // policy.Policy.SHA256
	Role    policy.Role `json:"role"`
	At      time.Time   `json:"at,omitzero"` // where it was not judged as of the time of the scan
}

// Build judges each endpoint by p, beside the others of its host and those of other hosts.
func Build(tool evidence.Tool, run evidence.Run, p *policy.Policy, endpoints ...*evidence.Endpoint) *Report {
	return BuildDomains(tool, run, p, nil, endpoints)
}

// BuildDomains is [Build] for the endpoints of domains, which are judged, too.
func BuildDomains(tool evidence.Tool, run evidence.Run, p *policy.Policy, domains []*evidence.Domain, endpoints []*evidence.Endpoint) *Report {
	r := &Report{Schema: evidence.Schema, Tool: tool, Run: run, Domains: []Domain{}, Endpoints: []Endpoint{}}
	hosts := check.NewHosts(endpoints...)
	for _, e := range endpoints {
		j := judge(subjectOf(run, hosts.Subject(e)), p)
		j.SHA256 = EvidenceSHA256(e)
		r.Endpoints = append(r.Endpoints, j)
	}
	for _, d := range domains {
		r.Domains = append(r.Domains, judgeDomain(d, r, p, nil, time.Time{}))
	}
	r.Notes = notesOn(r.Endpoints)
	return r
}

func judge(s *check.Subject, p *policy.Policy) Endpoint {
	findings := check.RunAll(s, p)
	out := Endpoint{
		Judged:   Judged{Policy: p.Name, Version: p.Version, SHA256: p.SHA256, Role: s.Role},
		Endpoint: s.Endpoint,
		Findings: findings,
	}
	out.LeftOut, out.NotTried = leftOut(s, findings)
	out.Verdict = verdictOf(findings)
	if out.Verdict == Incomplete && out.decided() {
		out.Verdict = Pass
	}
	out.Grade, out.AtBest, out.Caps = grade(findings, whole(out.LeftOut, p, s.Role))
	return out
}

// subjectOf returns s as the scans of a run left it.
func subjectOf(run evidence.Run, s *check.Subject) *check.Subject {
	s.Quick, s.Passive, s.Only, s.Skip = run.Quick, run.Passive, run.Only, run.Skip
	return s
}

// Complete reports whether every check, and every row of the policies beside, was decided on every endpoint and domain, and
// there was one; and whether it is known where the mail of each domain goes to.
func (r *Report) Complete() bool {
	for _, e := range r.Endpoints {
		if len(e.Findings) == 0 && len(r.Domains) > 0 { // only what is about domains was asked for
			continue
		}
		if !e.decided() || slices.ContainsFunc(e.Others, func(o Opinion) bool { return !decided(o.Findings) }) {
			return false
		}
	}
	for _, d := range r.Domains {
		if !d.decided() || slices.ContainsFunc(d.Others, func(o Opinion) bool { return open(o.Findings) }) {
			return false
		}
	}
	return len(r.Endpoints) > 0 || len(r.Domains) > 0
}
