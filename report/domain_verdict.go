package report

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// worstOf is how the endpoints of a domain do that serve a purpose. Those that no check was to look at say nothing.
func worstOf(purpose Purpose, own []Endpoint) (RoleResult, bool) {
	out, found := RoleResult{Purpose: purpose}, false
	for _, e := range own {
		better := !worse(e.Verdict, out.Verdict) && (e.Verdict != out.Verdict || !e.Grade.WorseThan(out.Grade))
		if purposeOf(e.Target) != purpose || len(e.Findings) == 0 || found && better {
			continue
		}
		found = true
		out.Verdict, out.Grade, out.AtBest, out.Endpoint = e.Verdict, e.Grade, e.AtBest, name(e.Target)+" "+e.Target.Address
	}
	return out, found
}

// severities are the verdicts from the mildest. As for one endpoint, what is not known outweighs what should be changed: it may be
// worse.
var severities = map[Verdict]int{Pass: 0, Warn: 1, Incomplete: 2, Fail: 3}

func worse(a, b Verdict) bool { return severities[a] > severities[b] }

// domainVerdict is the worst of the findings and of the roles.
func domainVerdict(d Domain) Verdict {
	v := verdictOf(d.Findings)
	if v == Incomplete && d.decided() {
		v = Pass
	}
	for _, r := range d.Roles {
		if worse(r.Verdict, v) {
			v = r.Verdict
		}
	}
	return v
}

// decided reports whether no finding about a domain that has weight is open, and there was something to judge: findings, or where all
// of them are left out or do not apply, roles or a domain that says that it takes no mail. Of one that does not exist nothing is decided
// by that.
func (d Domain) decided() bool {
	switch {
	case open(d.Findings) || d.Exchange.State != evidence.Known:
		return false
	case decided(d.Findings), len(d.Roles) > 0:
		return true
	}
	return len(d.Findings) > 0 && d.Exchange.Value.Kind != evidence.NoMail
}

// domainGrade is the worst grade of the endpoints, or of what the findings allow. Without endpoints there is none.
func domainGrade(d Domain, own []Endpoint) (g, atBest policy.Grade, caps []Cap) {
	bound, atBest, caps := grade(d.Findings, true)
	known := bound != ""
	if g = bound; !known {
		g = atBest
	}
	judged := false
	for _, e := range own {
		one := e.Grade
		if one == "" {
			one = e.AtBest
		}
		if one == "" {
			known = known && len(e.Findings) == 0
			continue
		}
		judged, known = true, known && e.Grade != ""
		if one.WorseThan(g) {
			g = one
		}
	}
	switch {
	case !judged:
		return "", "", caps
	case known || g == "F":
		return g, "", caps
	}
	return "", g, caps
}
