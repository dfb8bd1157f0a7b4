package report

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/check"
)

// sharedOpinion is what another policy says of a domain and its endpoints together.
type sharedOpinion struct {
	policy, version string
	domain          *Opinion // of the DNS; nil: it says nothing of it
	wrong           []sharedRow
}

// sharedRow is a finding that is not fine, and where.
type sharedRow struct {
	finding check.Finding
	at      []Endpoint // none: the domain as such
}

// sharedOpinions are those of all other policies, what they find wrong or cannot tell the worst first and once.
func sharedOpinions(d Domain, own []Endpoint) []sharedOpinion {
	var out []sharedOpinion
	find := func(o Opinion) *sharedOpinion {
		i := slices.IndexFunc(out, func(s sharedOpinion) bool { return s.policy == o.Policy && s.version == o.Version })
		if i < 0 {
			i, out = len(out), append(out, sharedOpinion{policy: o.Policy, version: o.Version})
		}
		return &out[i]
	}
	for i, o := range d.Others {
		s := find(o)
		s.domain = &d.Others[i]
		for _, f := range o.Findings {
			s.add(f)
		}
	}
	for _, e := range own {
		for _, o := range e.Others {
			s := find(o)
			for _, f := range o.Findings {
				s.add(f, e)
			}
		}
	}
	for _, s := range out {
		slices.SortStableFunc(s.wrong, func(a, b sharedRow) int {
			return slices.Index(weight(), b.finding.Level) - slices.Index(weight(), a.finding.Level)
		})
	}
	return out
}

func (s *sharedOpinion) add(f check.Finding, at ...Endpoint) {
	if f.Level != check.Warn && f.Level != check.Fail && f.Level != check.Undecided {
		return
	}
	key := func(f check.Finding) string { return fmt.Sprint(f.Check, f.Level, f.Message, f.Clause) }
	i := slices.IndexFunc(s.wrong, func(r sharedRow) bool { return key(r.finding) == key(f) })
	if i < 0 {
		i, s.wrong = len(s.wrong), append(s.wrong, sharedRow{finding: f})
	}
	s.wrong[i].at = append(s.wrong[i].at, at...)
}

// levels are how the policy sees the DNS and each column.
func (s *sharedOpinion) levels(columns []column) []check.Level {
	out := []check.Level{check.NotApplicable}
	if s.domain != nil {
		out[0] = levelOf(s.domain.Verdict)
	}
	for _, c := range columns {
		level := check.NotApplicable
		for _, o := range c.list[0].Others {
			if o.Policy == s.policy && o.Version == s.version {
				level = levelOf(o.Verdict)
			}
		}
		out = append(out, level)
	}
	return out
}
