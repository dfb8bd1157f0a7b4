package report

import (
	"cmp"

	"github.com/mailtls/mailtls/policy"
)

// Overall is the whole report in one verdict and one grade: those of its domain, if it is about one; else what the worst of its
// endpoints has. The grade is empty where that of any is.
func (r *Report) Overall() (Verdict, policy.Grade) {
	if len(r.Domains) == 1 {
		return r.Domains[0].remaining(), r.Domains[0].Grade
	}
	verdict := Incomplete
	for _, v := range []Verdict{Pass, Warn, Incomplete, Fail} { // from the best to the worst
		if r.Has(v) {
			verdict = v
		}
	}
	return verdict, worstGrade(r.Endpoints)
}

// worstGrade is the worst grade of endpoints, empty if one has none that could still be worse than those that are known.
func worstGrade(endpoints []Endpoint) policy.Grade {
	var worst policy.Grade
	open := false
	for i := range endpoints {
		g := endpoints[i].Grade
		if open = open || g == ""; g != "" && (worst == "" || g.WorseThan(worst)) {
			worst = g
		}
	}
	if grades := policy.Grades(); open && worst != grades[len(grades)-1] {
		return ""
	}
	return worst
}

// AtBest bounds the grade of [Report.Overall] where that is empty: the whole is no better than that. It is empty where a grade is given, and
// where nothing bounds it.
func (r *Report) AtBest() policy.Grade {
	if _, grade := r.Overall(); grade != "" {
		return ""
	}
	bound := policy.Grades()[0] // which bounds nothing
	worse := func(grade, atBest policy.Grade) {
		if g := cmp.Or(grade, atBest); g != "" && g.WorseThan(bound) {
			bound = g
		}
	}
	if len(r.Domains) == 1 {
		worse("", r.Domains[0].AtBest)
	} else {
		for i := range r.Endpoints {
			worse(r.Endpoints[i].Grade, r.Endpoints[i].AtBest)
		}
	}
	if bound == policy.Grades()[0] {
		return ""
	}
	return bound
}
