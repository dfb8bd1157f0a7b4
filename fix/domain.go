package fix

import (
	"cmp"
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// Where the lines of a cure for a domain belong, as [Step.Where] has it.
const (
	Beside   = "the zone, beside what is there"
	Instead  = "the zone, instead of what is there of that name and type"
	TakenOut = "the zone, to be taken out"
)

// A domainCure is what helps against what one check finds about a domain.
type domainCure struct {
	check string
	steps func(z *zone) []Step
}

// domainCures has one for each check about domains, in their order.
func domainCures() []domainCure {
	return slices.Concat(exchangeCures(), dnssecCures(), daneCures(), tlsaCures(), stsCures(), serviceCures())
}

// DomainAdvice returns the steps that cure what f found about a domain, in the order in which they are to be taken; endpoints are its
// servers. Lines are computed from what was seen alone; where that does not suffice, a note says what is missing. It is empty if f has
// nothing to tell.
func DomainAdvice(f check.Finding, d *evidence.Domain, endpoints []*evidence.Endpoint) []Step {
	if f.Level < check.Warn && !f.Note {
		return nil
	}
	for _, c := range domainCures() {
		if c.check == f.Check {
			return slices.DeleteFunc(c.steps(&zone{d: d, endpoints: endpoints}), Step.empty)
		}
	}
	return nil
}

func (s Step) empty() bool { return len(s.Lines) == 0 && cmp.Or(s.Note, s.Warning) == "" }

// note is a step that has nothing to copy.
func note(text string) []Step { return []Step{{Note: text}} }
