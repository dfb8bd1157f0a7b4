package report

import "github.com/mailtls/mailtls/policy"

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
	var grade policy.Grade
	for i := range r.Endpoints {
		switch g := r.Endpoints[i].Grade; {
		case g == "":
			return verdict, ""
		case i == 0 || g.WorseThan(grade):
			grade = g
		}
	}
	return verdict, grade
}
