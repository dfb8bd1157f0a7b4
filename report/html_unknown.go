package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// unknownOf lists what is not known by its reason, and how to learn more.
func unknownOf(e Endpoint) (list []unknownView, advice []labelled) {
	for _, f := range e.Findings {
		if f.Level != check.Undecided {
			continue
		}
		why := Escape(f.Message)
		if i := slices.IndexFunc(list, func(u unknownView) bool { return u.Why == why }); i >= 0 {
			list[i].Checks += ", " + Escape(f.Check)
		} else {
			list = append(list, unknownView{why, Escape(f.Check)})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	p := &page{width: 1 << 16}
	p.advice(e)
	for line := range strings.Lines(p.b.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "--") {
			advice = append(advice, labelled{"command", line})
		} else {
			advice = append(advice, labelled{"", line})
		}
	}
	return list, advice
}

// capsOf tells for each grade what keeps the server down to it, worst first.
func capsOf(e Endpoint) []labelled {
	var out []labelled
	for _, g := range slices.Backward(policy.Grades()) {
		var checks []string
		for _, c := range e.Caps {
			if c.Grade == g {
				text := Escape(c.Check)
				if f, ok := findingOf(e, c.Check); ok && f.Note { // told nowhere else
					text += " (" + Escape(c.Reason) + ")"
				}
				checks = append(checks, text)
			}
		}
		if len(checks) > 0 {
			out = append(out, labelled{"No better than " + string(g) + " with", strings.Join(checks, ", ")})
		}
	}
	return out
}
