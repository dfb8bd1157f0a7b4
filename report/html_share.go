package report

import (
	"fmt"
	"strings"
)

// shareTexts names each finding, and replaces what an earlier server's finding says, and the lines that cure it, by a link to
// that: a page about many servers would else say the same over and over.
func shareTexts(endpoints []endpointView) {
	first := make(map[string]labelled)
	for i := range endpoints {
		for j := range endpoints[i].Findings {
			f := &endpoints[i].Findings[j]
			f.ID = fmt.Sprintf("%sf%d", endpoints[i].ID, j+1)
			key := fmt.Sprint(f.Text, f.Clauses, f.Refs)
			if other, ok := first[key]; ok {
				f.Same = other
			} else {
				first[key] = labelled{f.ID, endpoints[i].Name}
			}
			if f.Fix != nil && len(f.Fix.Parts) > 0 {
				f.Fix.share(first, labelled{f.ID, endpoints[i].Name})
			}
		}
	}
}

// shareSuites replaces suites that an earlier server has in the same order by a link to that.
func shareSuites(endpoints []endpointView) {
	first := make(map[string]labelled)
	for i := range endpoints {
		for j := range endpoints[i].Spoken.Versions {
			v := &endpoints[i].Spoken.Versions[j]
			key := fmt.Sprint(v.Suites)
			switch other, ok := first[key]; {
			case len(v.Suites) == 0:
			case ok && other.Label != endpoints[i].ID:
				v.Suites, v.Same = nil, other
			case !ok:
				first[key] = labelled{endpoints[i].ID, v.Name + " of " + endpoints[i].Name}
			}
		}
	}
}

// countVerdicts says how many endpoints have which verdict, worst first.
func countVerdicts(endpoints []Endpoint) string {
	var parts []string
	for _, v := range []struct {
		Verdict
		text string
	}{{Fail, "must be mended"}, {Warn, "should be mended"}, {Incomplete, "could not be wholly scanned"}, {Pass, "without fault"}} {
		n := 0
		for _, e := range endpoints {
			if e.Verdict == v.Verdict {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.text))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// matrix has a row for each promise, with a mark for each endpoint.
func matrix(endpoints []Endpoint) []matrixRow {
	var rows []matrixRow
	for _, p := range promises() {
		row := matrixRow{Label: p.label}
		for _, e := range endpoints {
			level, _ := keptBy(p, e)
			row.Marks = append(row.Marks, markOf(level))
		}
		rows = append(rows, row)
	}
	return rows
}
