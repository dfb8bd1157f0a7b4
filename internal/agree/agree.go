// Package agree tells where a quick scan judges a server otherwise than a full one. It is for tests: the promise of quick
// scans is that there is no such place.
package agree

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// Differences returns what the judgement of a quick scan lacks, or says otherwise, compared with that of a full scan of the
// same server by p, one line each. What a full scan decides and p gives weight to, a quick scan has to decide equally, and so
// every row of the policies beside; of what has no weight it may say nothing, but nothing else. Where the full scan leaves
// something open, the quick one may say anything about that; as of attacks that full scans alone try out. One check is apart: whose order decides matters only where weak
// suites are accepted, of which others tell, and no more comes of it than of them.
func Differences(quick, full report.Endpoint, p *policy.Policy) []string {
	role := full.Judged.Role
	out := findings("", quick.Findings, full.Findings, func(f check.Finding) bool {
		return !p.Weightless(f.Check, role) && !active(f) && !(f.Check == "server-order" && f.Cap == "" && quick.Verdict >= report.Warn)
	})
	if complete(full.Findings) && !attacked(full.Findings) && (quick.Verdict != full.Verdict || quick.Grade != full.Grade || quick.AtBest != full.AtBest) {
		out = append(out, fmt.Sprintf("verdict %v, grade %q, at best %q; the full scan: %v, %q, %q", quick.Verdict, quick.Grade, quick.AtBest,
			full.Verdict, full.Grade, full.AtBest))
	}
	for i, o := range full.Others {
		other := quick.Others[i]
		out = append(out, findings(o.Policy+": ", other.Findings, o.Findings, func(f check.Finding) bool { return !active(f) && (f.Level >= check.Warn || there(other.Findings, f)) })...)
		if complete(o.Findings) && !attacked(o.Findings) && other.Verdict != o.Verdict {
			out = append(out, fmt.Sprintf("%s: verdict %v; the full scan: %v", o.Policy, other.Verdict, o.Verdict))
		}
	}
	return out
}

// Contradictions returns what the judgement of a quick scan says otherwise than that of a full scan of the same server, where
// both say something: of a server that cuts scans short, neither need decide what the other does.
func Contradictions(quick, full report.Endpoint) []string {
	return findings("", quick.Findings, full.Findings, func(check.Finding) bool { return false })
}

// findings compares two lists of findings; weighs tells which must be decided.
func findings(prefix string, quick, full []check.Finding, weighs func(check.Finding) bool) []string {
	var out []string
	for i, f := range full {
		q, there := nth(quick, f.Check, count(full[:i], f.Check))
		switch {
		case f.Level == check.Undecided:
		case !there && weighs(f):
			out = append(out, fmt.Sprintf("%s%s is left out; the full scan: %s, %s", prefix, f.Check, f.Level, f.Message))
		case !there, q.Level == check.Undecided && !weighs(f), fine(q) && fine(f):
		case q.Level != f.Level || q.Note != f.Note || q.Cap != f.Cap:
			out = append(out, fmt.Sprintf("%s%s is %s, %s; the full scan: %s, %s", prefix, f.Check, q.Level, q.Message, f.Level, f.Message))
		}
	}
	return out
}

// fine reports whether there is nothing to tell: a version that is not spoken passes as one without faults does.
func fine(f check.Finding) bool {
	return f.Level == check.NotApplicable || f.Level == check.Pass && !f.Note
}

// active reports whether a finding is of a check that tries an attack out, which full scans alone do, or that such a trial may decide.
func active(f check.Finding) bool {
	c, _ := check.ByID(f.Check)
	return c.Active || f.Check == "drown"
}

// attacked reports whether such a check found something: then a quick scan may well judge better.
func attacked(list []check.Finding) bool {
	return slices.ContainsFunc(list, func(f check.Finding) bool { return f.Level >= check.Warn && active(f) })
}

func there(list []check.Finding, f check.Finding) bool {
	_, ok := nth(list, f.Check, 0)
	return ok
}

// nth returns the finding of a check after n others of it.
func nth(list []check.Finding, id string, n int) (check.Finding, bool) {
	for _, f := range list {
		if f.Check == id {
			if n == 0 {
				return f, true
			}
			n--
		}
	}
	return check.Finding{}, false
}

func count(list []check.Finding, id string) int {
	n := 0
	for _, f := range list {
		if f.Check == id {
			n++
		}
	}
	return n
}

// complete reports whether nothing of weight is open.
func complete(list []check.Finding) bool {
	return !slices.ContainsFunc(list, func(f check.Finding) bool { return f.Level == check.Undecided && !f.Aside })
}
