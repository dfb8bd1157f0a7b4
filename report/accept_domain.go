package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
)

// acceptInDomain marks the findings of one domain, whose endpoints are marked in r, and notes which entries were of use.
func acceptInDomain(d Domain, r *Report, list *AcceptList, used []bool) Domain {
	at := d.Judged.At
	if at.IsZero() {
		at = d.At
	}
	covers := func(x AcceptEntry) bool { return x.coversDomain(d) }
	marked, rest := acceptEach(d.Findings, list, covers, used, at)
	own := r.endpointsOf(d.Domain)
	some := slices.ContainsFunc(own, func(e Endpoint) bool { return e.Remaining != nil })
	if d.Remaining = nil; some || len(rest) < len(marked) {
		v := remainingOf(d, rest, own)
		d.Remaining = &v
	}
	d.Findings = marked
	return d
}

// remainingOf is the verdict on a domain by what is not accepted of it and of its endpoints.
func remainingOf(d Domain, rest []check.Finding, own []Endpoint) Verdict {
	d.Findings, d.Roles = rest, nil
	for _, e := range own {
		d.Roles = append(d.Roles, RoleResult{Verdict: e.remaining()})
	}
	return domainVerdict(d)
}

// coversDomain reports whether the entry is about a domain: by its name, in A-labels or as people write it.
func (x AcceptEntry) coversDomain(d Domain) bool {
	if x.domain == "" {
		return x.Endpoint == "*"
	}
	return x.domain == bareHost(d.Name) || d.Unicode != "" && x.domain == bareHost(d.Unicode)
}

// readDomain takes Endpoint for the name of a domain.
func (x *AcceptEntry) readDomain() bool {
	x.Scheme, x.host, x.port = "*", "*", "*"
	if x.Endpoint == "*" {
		return true
	}
	x.domain = bareHost(x.Endpoint)
	return x.domain != "" && !strings.ContainsAny(x.domain, ":/*@[] ")
}

// covered are the findings at all places of r that an entry is about.
func (r *Report) covered(x AcceptEntry) [][]check.Finding {
	var out [][]check.Finding
	c, known := check.ByID(x.Check)
	for _, e := range r.Endpoints {
		if (!known || c.Scope != check.Domain) && x.covers(e.Target) {
			out = append(out, e.Findings)
		}
	}
	for _, d := range r.Domains {
		if (!known || c.Scope == check.Domain) && x.coversDomain(d) {
			out = append(out, d.Findings)
		}
	}
	return out
}

// remaining is the verdict on what is not accepted.
func (d Domain) remaining() Verdict {
	if d.Remaining != nil {
		return *d.Remaining
	}
	return d.Verdict
}
