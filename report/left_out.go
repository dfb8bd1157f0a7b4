package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// leftOut returns the checks that s was not to be judged by, and those on attacks that were not tried.
func leftOut(s *check.Subject, findings []check.Finding) (byRequest, untried []string) {
	for _, c := range check.All() {
		switch {
		case !check.Selected(c.ID, s.Only, s.Skip):
			byRequest = append(byRequest, c.ID)
		case c.Tries() && !slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Check == c.ID }):
			untried = append(untried, c.ID)
		}
	}
	return byRequest, untried
}

// whole reports whether a grade is one although checks are left out: those on attacks that are tried, as in a passive scan,
// and those that could not have changed it.
func whole(leftOut []string, p *policy.Policy, role policy.Role) bool {
	return !slices.ContainsFunc(leftOut, func(id string) bool {
		c, _ := check.ByID(id)
		return !c.Tries() && !p.Weightless(id, role)
	})
}

// decided reports whether nothing that has weight is open. Where only some checks were asked for, that all of them do not
// apply is an answer, too.
func (e *Endpoint) decided() bool {
	if decided(e.Findings) {
		return true
	}
	return len(e.LeftOut) > 0 && len(e.Findings) > 0 && !slices.ContainsFunc(e.Findings, func(f check.Finding) bool {
		return f.Level != check.NotApplicable
	})
}

// partText says which checks a judgement lacks by request, "" if none: the few that were chosen, or the few that were not.
func (e *Endpoint) partText() string {
	switch {
	case len(e.LeftOut) == 0:
		return ""
	case len(e.Findings) == 0:
		return "Not judged by itself: all checks of servers are left out by request."
	}
	if len(e.LeftOut) <= fewOpen || len(e.LeftOut) < len(e.Findings) {
		return "Without " + strings.Join(e.LeftOut, ", ") + ", left out by request."
	}
	var ids []string
	for _, f := range e.Findings {
		ids = append(ids, f.Check)
	}
	return fmt.Sprintf("Judged by %s alone. %s are left out by request, so this is not the whole picture.", strings.Join(ids, ", "), plural(len(e.LeftOut), "other check"))
}

// notTriedText names the checks on attacks that were not tried, all or the first few, "" if there are none.
func (e *Endpoint) notTriedText(all bool) string {
	ids := e.NotTried
	if len(ids) == 0 {
		return ""
	}
	if n := len(ids) - fewUntried; n > 0 && !all {
		return fmt.Sprintf("%s and %d more (-v names them)", strings.Join(ids[:fewUntried], ", "), n)
	}
	return strings.Join(ids, ", ")
}

// fewUntried is how many checks one line has room for.
const fewUntried = 2
