package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// lintChecks are on rules for certificates that hardly any client looks at.
func lintChecks() []Check {
	return []Check{{
		ID:    "cert-lint",
		Title: "A certificate breaks rules for certificates",
		Text: "Programs that read certificates strictly may refuse it, now or after their next update. Tell your authority, or " +
			"change what makes your own certificates. The names are those of ZLint, where each rule is explained.",
		Refs:  []string{"RFC 5280", "CA/Browser Forum Baseline Requirements", "github.com/zmap/zlint"},
		Needs: certificateNeeds(),
		Asked: []*evidence.Key{evidence.KeyLint},
		Extra: true,
		Eval:  perChain(evalLint),
	}}
}

// evalLint tells errors; what else there is, only how much.
func evalLint(s *Subject, p *policy.Policy, c shown) Finding {
	f := s.Endpoint.Facts.Lint
	switch f.State {
	case evidence.NotSought:
		return undecided(evidence.NotAsked)
	case evidence.Inapplicable:
		return notApplicable(f.Why)
	case evidence.Unknown:
		return undecided(f.Why)
	}
	var wrong []string
	more := 0
	for _, l := range f.Value {
		if !slices.Contains(c.Certificates, l.Certificate) {
			continue
		}
		if l.Level == "warning" {
			more++
		}
		if text := l.Name + " (" + l.Citation + ")"; l.Level == "error" && !slices.Contains(wrong, text) {
			wrong = append(wrong, text)
		}
	}
	switch {
	case len(wrong) > 0:
		return bad(s, p.Check("cert-lint"), "breaks "+count(len(wrong), "rule")).seen(wrong, f.From)
	case f.State == evidence.Partial:
		return undecided(f.Why)
	case more > 0:
		return good("breaks no rule, but "+count(more, "warning")+" came up: see mailtls scan -v").seen(nil, f.From)
	}
	return good("breaks no rule").seen(nil, f.From)
}
