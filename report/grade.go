package report

import (
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// Cap is a finding that keeps the grade down.
type Cap struct {
	Grade  policy.Grade `json:"grade"`  // the best possible with it
	Check  string       `json:"check"`  // id of the check
	Reason string       `json:"reason"` // the finding's message
}

// grade starts at the best grade and lowers it to the worst cap of the findings. While something is not known the grade
// could still turn out worse, so only the bound is given, unless there is nothing worse; and so where the checks are not the
// whole that counts.
func grade(findings []check.Finding, whole bool) (g, atBest policy.Grade, caps []Cap) {
	g = policy.Grades()[0]
	for _, f := range findings {
		if f.Cap == "" {
			continue
		}
		caps = append(caps, Cap{Grade: f.Cap, Check: f.Check, Reason: f.Message})
		if f.Cap.WorseThan(g) {
			g = f.Cap
		}
	}
	slices.SortStableFunc(caps, func(a, b Cap) int {
		return slices.Index(policy.Grades(), b.Grade) - slices.Index(policy.Grades(), a.Grade)
	})
	if (!whole || !decided(findings)) && g != "F" {
		return "", g, caps
	}
	return g, "", caps
}
