package report

import (
	"strings"

	"github.com/mailtls/mailtls/check"
)

// A hint is what could be better about a domain without being amiss, and how.
type hint struct {
	check   check.Check
	finding check.Finding
	cure    cure
}

// hintsOf lists what the checks about a domain note, of what there is something to do about; given is as for cureOf.
func hintsOf(d Domain, own []Endpoint, given map[string]string) []hint {
	var out []hint
	for _, f := range d.Findings {
		c, ok := check.ByID(f.Check)
		if !f.Note || f.Level >= check.Warn || f.Accepted != nil || !ok {
			continue
		}
		if cured, ok := domainCureOf(block{checks: []check.Check{c}, found: []check.Finding{f}}, d, own, given); ok {
			out = append(out, hint{c, f, cured})
		}
	}
	return out
}

// hintNames are the ids of checks that have hints.
func hintNames(list []hint) string {
	names := make([]string, len(list))
	for i, h := range list {
		names[i] = h.check.ID
	}
	return strings.Join(names, ", ")
}
