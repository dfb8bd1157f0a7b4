package report

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// pluginDomain says of a domain how its servers do, by their purposes, and what is wrong with what the DNS says, or not known.
func pluginDomain(d Domain) string {
	line := Escape(d.Name) + " " + strings.ToUpper(d.Verdict.String())
	var parts []string
	for _, r := range d.Roles {
		parts = append(parts, string(r.Purpose)+" "+strings.ToUpper(r.Verdict.String()))
	}
	if d.Remaining != nil {
		parts = append(parts, "without what is accepted: "+strings.ToUpper(d.Remaining.String()))
	}
	if len(parts) > 0 {
		line += " (" + strings.Join(parts, ", ") + ")"
	}
	if d.Exchange.State == evidence.Unknown {
		return line + ": " + Escape(d.Exchange.Why)
	}
	return line + titlesIn(d.Findings)
}

// countDomains says how many domains have which verdict, worst first.
func countDomains(domains []Domain) string {
	var parts []string
	for _, v := range []Verdict{Fail, Warn, Incomplete, Pass} {
		n := 0
		for _, d := range domains {
			n += int(number(d.Verdict == v))
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToUpper(v.String())))
		}
	}
	return strings.Join(parts, ", ")
}
