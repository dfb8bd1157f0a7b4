package report

import (
	"fmt"
	"slices"
)

// DomainChanges are what is different about one domain, its endpoints apart.
type DomainChanges struct {
	Domain   string          `json:"domain"` // its name, in A-labels
	Presence Presence        `json:"presence"`
	Verdict  *VerdictChange  `json:"verdict,omitempty"`
	Grade    *GradeChange    `json:"grade,omitempty"`
	Roles    []RoleChange    `json:"roles,omitempty"`
	Findings []FindingChange `json:"findings,omitempty"` // in the order of checks
	Facts    []FactChange    `json:"facts,omitempty"`    // what the DNS says, and what senders do

	Confidence *ConfidenceChange `json:"confidence,omitempty"`

	remaining Verdict // of the new report, on what is not accepted
}

// RoleChange is how the servers of a domain do that serve a purpose, where that changed.
type RoleChange struct {
	Purpose Purpose     `json:"purpose"`
	Old     *RoleResult `json:"old"` // null: there were none
	New     *RoleResult `json:"new"` // null: there are none
}

// domainChanges compares the domains of two reports by their names.
func domainChanges(older, newer *Report) []DomainChanges {
	out := []DomainChanges{}
	rest := slices.Clone(older.Domains)
	for _, d := range newer.Domains {
		at := slices.IndexFunc(rest, func(o Domain) bool { return o.Name == d.Name })
		if at < 0 {
			out = append(out, DomainChanges{Domain: d.Name, Presence: Added, Verdict: &VerdictChange{Incomplete, d.Verdict}, Grade: &GradeChange{"", d.Grade}, remaining: d.remaining()})
			continue
		}
		out = append(out, compareDomain(rest[at], d))
		rest = slices.Delete(rest, at, at+1)
	}
	for _, d := range rest {
		out = append(out, DomainChanges{Domain: d.Name, Presence: Gone, Verdict: &VerdictChange{d.Verdict, Incomplete}, Grade: &GradeChange{d.Grade, ""}})
	}
	return out
}

func compareDomain(o, n Domain) DomainChanges {
	c := DomainChanges{Domain: n.Name, Presence: InBoth, Findings: findingChanges(o.Findings, n.Findings), Facts: domainFactChanges(o.Domain, n.Domain)}
	if o.Verdict != n.Verdict {
		c.Verdict = &VerdictChange{o.Verdict, n.Verdict}
	}
	if o.Grade != n.Grade {
		c.Grade = &GradeChange{o.Grade, n.Grade}
	}
	c.Confidence = confidenceChange(o.Confidence, n.Confidence)
	for _, purpose := range []Purpose{Incoming, Submission, Access} {
		was, is := roleOf(o, purpose), roleOf(n, purpose)
		if (was == nil) != (is == nil) || was != nil && (was.Verdict != is.Verdict || was.Grade != is.Grade) {
			c.Roles = append(c.Roles, RoleChange{purpose, was, is})
		}
	}
	return c
}

func roleOf(d Domain, p Purpose) *RoleResult {
	i := slices.IndexFunc(d.Roles, func(r RoleResult) bool { return r.Purpose == p })
	if i < 0 {
		return nil
	}
	return &d.Roles[i]
}

func (d DomainChanges) differs() bool {
	return d.Presence != InBoth || d.Verdict != nil || d.Grade != nil || d.Confidence != nil || len(d.Roles)+len(d.Findings)+len(d.Facts) > 0
}

// notesOnDNS names domains whose answers were not validated in the same way.
func notesOnDNS(o, n *Report) []string {
	var notes []string
	for _, d := range n.Domains {
		for _, was := range o.Domains {
			if was.Name == d.Name && was.DNSSEC != d.DNSSEC {
				notes = append(notes, fmt.Sprintf("DNSSEC of %s was validated otherwise: %s, now %s", d.Name, was.DNSSEC, d.DNSSEC))
			}
		}
	}
	return notes
}
