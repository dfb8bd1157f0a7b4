package report

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/check"
)

// counting is how many findings of a level count: those that are not accepted.
func counting(findings []check.Finding, l check.Level) int {
	n := 0
	for _, f := range findings {
		if f.Level == l && f.Accepted == nil {
			n++
		}
	}
	return n
}

// pluginMore are the further lines on a place: what is accepted there, and what other policies say.
func pluginMore(where string, findings []check.Finding, others []Opinion) []string {
	var out []string
	for _, f := range findings {
		if text := acceptanceText(f); text != "" {
			out = append(out, where+" "+Escape(f.Check)+" "+text)
		}
	}
	for _, o := range others {
		line := where + " policy " + Escape(o.Policy) + " " + strings.ToUpper(o.Verdict.String())
		var rows []string
		for _, f := range o.Findings {
			if f.Level >= check.Warn {
				rows = append(rows, Escape(f.Check))
			}
		}
		if len(rows) > 0 {
			line += ": " + strings.Join(rows, ", ")
		}
		out = append(out, line)
	}
	return out
}

// policyPerfData are the findings of other policies by level, of all endpoints and domains together; none of them has a threshold, since
// the status does not depend on them.
func policyPerfData(r *Report) string {
	var names []string
	sum := make(map[string]map[check.Level]int)
	var all []Opinion
	for _, d := range r.Domains {
		all = append(all, d.Others...)
	}
	for _, e := range r.Endpoints {
		all = append(all, e.Others...)
	}
	for _, o := range all {
		label := perfLabel(o.Policy)
		if sum[label] == nil {
			names, sum[label] = append(names, label), make(map[check.Level]int)
		}
		for _, f := range o.Findings {
			sum[label][f.Level]++
		}
	}
	text := ""
	for _, n := range names {
		for _, l := range []check.Level{check.Fail, check.Warn, check.Undecided} {
			text += fmt.Sprintf(" %s_%s=%d;;;0", n, l, sum[n][l])
		}
	}
	return text
}

// perfLabel makes a label of performance data out of a policy's name, which a file may give.
func perfLabel(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, name)
}
