package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Changes are what is different between two reports.
type Changes struct {
	Old       time.Time         `json:"old"` // when the scans began
	New       time.Time         `json:"new"`
	Notes     []string          `json:"notes"`     // other reasons for differences than the servers: the program, the policy
	Domains   []DomainChanges   `json:"domains"`   // those of the new report, then those that are gone
	Endpoints []EndpointChanges `json:"endpoints"` // those of the new report, then those that are gone
}

// EndpointChanges are what is different about one endpoint.
type EndpointChanges struct {
	Endpoint string          `json:"endpoint"` // as in "smtp://mx.example.org:25 (192.0.2.1)"
	Presence Presence        `json:"presence"`
	Verdict  *VerdictChange  `json:"verdict,omitempty"`
	Grade    *GradeChange    `json:"grade,omitempty"`
	Findings []FindingChange `json:"findings,omitempty"` // in the order of checks
	Facts    []FactChange    `json:"facts,omitempty"`

	remaining Verdict // of the new report, on what is not accepted
}

// Presence says which of two reports know an endpoint or a domain.
type Presence string

// The presences.
const (
	InBoth Presence = "both"
	Added  Presence = "added"
	Gone   Presence = "gone"
)

// VerdictChange is a verdict that changed.
type VerdictChange struct {
	Old Verdict `json:"old"`
	New Verdict `json:"new"`
}

// GradeChange is a grade that changed. An empty one is none.
type GradeChange struct {
	Old policy.Grade `json:"old"`
	New policy.Grade `json:"new"`
}

// FindingChange is a check that came out different.
type FindingChange struct {
	Check   string      `json:"check"`
	Trend   Trend       `json:"trend"`
	Old     check.Level `json:"old"`
	New     check.Level `json:"new"`
	Message string      `json:"message"` // the new one, raw

	Accepted *check.Acceptance `json:"accepted,omitempty"` // the new one is accepted, and makes nothing worse
}

// Trend says whether a change is for the better. That something is no longer known is neither.
type Trend string

// The trends.
const (
	Worse   Trend = "worse"
	Better  Trend = "better"
	Learned Trend = "learned" // was not decided, and is
	Lost    Trend = "lost"    // was decided, and is not
	Neither Trend = "neither"
)

// Diff compares the reports of two scans. What one of them does not know is no difference of the servers, and is never told
// as one.
func Diff(older, newer *Report) *Changes {
	c := &Changes{Old: older.Run.Start, New: newer.Run.Start, Notes: notesOnDiff(older, newer), Domains: domainChanges(older, newer), Endpoints: []EndpointChanges{}}
	rest := slices.Clone(older.Endpoints)
	before := pairs(&rest, newer.Endpoints)
	for i, e := range newer.Endpoints {
		if before[i] == nil {
			c.Endpoints = append(c.Endpoints, EndpointChanges{Endpoint: fullName(e.Target), Presence: Added,
				Verdict: &VerdictChange{Incomplete, e.Verdict}, Grade: &GradeChange{"", e.Grade}, remaining: e.remaining()})
			continue
		}
		c.Endpoints = append(c.Endpoints, compare(*before[i], e))
	}
	for _, e := range rest {
		c.Endpoints = append(c.Endpoints, EndpointChanges{Endpoint: fullName(e.Target), Presence: Gone,
			Verdict: &VerdictChange{e.Verdict, Incomplete}, Grade: &GradeChange{e.Grade, ""}})
	}
	return c
}

// pairs finds for each of newer the endpoint of older that is the same, or has but another address, and takes it out.
func pairs(older *[]Endpoint, newer []Endpoint) []*Endpoint {
	out := make([]*Endpoint, len(newer))
	for _, strict := range []bool{true, false} {
		for i, e := range newer {
			if out[i] != nil {
				continue
			}
			at := slices.IndexFunc(*older, func(o Endpoint) bool {
				a, b := o.Target, e.Target
				return a.Protocol == b.Protocol && a.Host == b.Host && a.Port == b.Port && (!strict || a.Address == b.Address)
			})
			if at >= 0 {
				found := (*older)[at]
				out[i], *older = &found, slices.Delete(*older, at, at+1)
			}
		}
	}
	return out
}

func compare(o, n Endpoint) EndpointChanges {
	c := EndpointChanges{Endpoint: fullName(n.Target), Presence: InBoth}
	if o.Verdict != n.Verdict {
		c.Verdict = &VerdictChange{o.Verdict, n.Verdict}
	}
	if o.Grade != n.Grade {
		c.Grade = &GradeChange{o.Grade, n.Grade}
	}
	c.Findings = findingChanges(o.Findings, n.Findings)
	c.Facts = factChanges(o.Endpoint, n.Endpoint)
	if o.Target.Address != n.Target.Address {
		c.Facts = append([]FactChange{{Fact: "address", Added: []string{n.Target.Address}, Removed: []string{o.Target.Address}}}, c.Facts...)
	}
	return c
}

// findingChanges are the checks that came out different.
func findingChanges(o, n []check.Finding) []FindingChange {
	var out []FindingChange
	for _, f := range n {
		if was, ok := findingIn(o, f.Check); ok && was.Level != f.Level {
			out = append(out, FindingChange{f.Check, trend(was.Level, f.Level), was.Level, f.Level, f.Message, f.Accepted})
		}
	}
	return out
}

func trend(o, n check.Level) Trend {
	bad := func(l check.Level) int { return int(max(l, check.NotApplicable)) } // what passes is as good as what does not apply
	switch {
	case o == check.Undecided:
		return Learned
	case n == check.Undecided:
		return Lost
	case bad(n) > bad(o):
		return Worse
	case bad(n) < bad(o):
		return Better
	}
	return Neither
}

// notesOnDiff names what else than the servers may have changed the findings.
func notesOnDiff(o, n *Report) []string {
	notes := []string{}
	if o.Tool.Version != n.Tool.Version {
		notes = append(notes, fmt.Sprintf("the program was another version: %s, now %s", o.Tool.Version, n.Tool.Version))
	}
	if o.Run.Quick != n.Run.Quick {
		notes = append(notes, "one of the scans was quick, and asked less")
	}
	if o.Run.Passive != n.Run.Passive {
		notes = append(notes, "one of the scans was passive, and tried less")
	}
	if !slices.Equal(o.Run.Only, n.Run.Only) || !slices.Equal(o.Run.Skip, n.Run.Skip) {
		notes = append(notes, "the scans were not about the same checks")
	}
	if a, b := o.Run.Roots, n.Run.Roots; a.Name != b.Name || a.SHA256 != b.SHA256 {
		notes = append(notes, fmt.Sprintf("the trusted roots were others: %s, now %s", cmp.Or(rootsText(a), "not told"), cmp.Or(rootsText(b), "not told")))
	}
	if a, b := policies(o), policies(n); !slices.Equal(a, b) {
		notes = append(notes, fmt.Sprintf("the policy was another: %v, now %v", a, b))
	}
	return append(notes, notesOnDNS(o, n)...)
}

// policies are those that a report's endpoints and domains were judged by.
func policies(r *Report) []string {
	var out []string
	var all []Judged
	for _, e := range r.Endpoints {
		all = append(all, e.Judged)
	}
	for _, d := range r.Domains {
		all = append(all, d.Judged)
	}
	for _, j := range all {
		out = union(out, []string{fmt.Sprintf("%s %s %.8s", j.Policy, j.Version, j.SHA256)})
	}
	slices.Sort(out)
	return out
}

// fullName tells an endpoint from all others.
func fullName(t evidence.Target) string {
	s := t.Protocol + "://" + name(t)
	if t.Address != "" && t.Address != t.Host {
		s += " (" + t.Address + ")"
	}
	return s
}

// Any reports whether anything about the servers and domains is different.
func (c *Changes) Any() bool {
	return slices.ContainsFunc(c.Domains, DomainChanges.differs) || slices.ContainsFunc(c.Endpoints, func(e EndpointChanges) bool {
		return e.Presence != InBoth || e.Verdict != nil || e.Grade != nil || len(e.Findings) > 0 || len(e.Facts) > 0
	})
}

// Worse reports whether any finding that is not accepted is worse than before, turned out to be bad, or belongs to an
// endpoint or a domain that is new.
func (c *Changes) Worse() bool {
	return slices.ContainsFunc(c.Endpoints, func(e EndpointChanges) bool {
		return e.Presence == Added && e.remaining >= Warn || anyWorse(e.Findings)
	}) ||
		slices.ContainsFunc(c.Domains, func(d DomainChanges) bool { return d.Presence == Added && d.remaining >= Warn || anyWorse(d.Findings) })
}

func anyWorse(findings []FindingChange) bool {
	return slices.ContainsFunc(findings, func(f FindingChange) bool {
		return f.Accepted == nil && (f.Trend == Worse || f.Trend == Learned && f.New >= check.Warn)
	})
}
